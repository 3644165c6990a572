import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { isSurfaced, pollsIn, submitsIn } from '../../questions.ts';

export const readsCodeInBody: ClientCase = {
  id: 'CLI-CRE-07',
  group: 'Creating tasks',
  title: 'An error inside HTTP 200 is taken for an error',
  level: 'must',
  requirement: 'The code in the body decides, not the HTTP status: with any other code there is no task.',
  why: 'The client goes on with no task id, polls for "undefined", and says that all is well.',
  remedy: 'Look at the code in the body before anything else of it.',
  sources: [PAGES.detail],
  stimuli: ['request-refused', 'server-error', 'too-many'],
  judge(evidence) {
    const expected = 'an error inside HTTP 200 is taken for an error';
    const refused = submitsIn(evidence).filter(({ entry }) => entry.status === 200 && entry.error !== null);
    if (refused.length === 0) return doesNotApply(expected, 'No submission was refused inside HTTP 200.');
    const astray = pollsIn(evidence).filter(({ askedId }) => evidence.tasks.length === 0 || isNoId(askedId));
    if (astray[0] !== undefined) return broken(expected, `it polls for "${astray[0].askedId ?? ''}"`, astray);
    const { run, tasks } = evidence;
    const [first] = refused;
    if (run === null || tasks.length > 0 || first === undefined)
      return kept(expected, `${refused.length} refusals`);
    return isSurfaced(run, first.entry.error, messageOf(first))
      ? kept(expected, `${refused.length} refusals, and the command said so`)
      : broken(expected, 'the command ended as if all were well', refused);
  },
};

/** What programs make of an id that is not there. */
function isNoId(text: string | null): boolean {
  return text === null || /^(undefined|null|NaN|\[object Object\]|)$/.test(text);
}

function messageOf({ answer }: ApiCall): string | null {
  const { msg, message } = (answer ?? {}) as { readonly msg?: unknown; readonly message?: unknown };
  return [msg, message].find((text) => typeof text === 'string') ?? null;
}
