import { callbackOf } from '../../call-facts.ts';
import { asksForCallbacks, misspelt } from '../../callback-url.ts';
import {
  broken,
  type ClientCase,
  cannotBeSeen,
  doesNotApply,
  type Finding,
  kept,
} from '../../client-case.ts';
import type { ApiCall, Evidence } from '../../evidence.ts';
import { submitsIn } from '../../questions.ts';

export const namesCallbackUrl: ClientCase = {
  id: 'CLI-CRE-02',
  group: 'Creating tasks',
  title: 'A callback URL has the right name, is at the right level and is absolute',
  level: 'must',
  requirement: 'A client that wants callbacks sends their URL in the documented field, with scheme and host.',
  why: 'A URL in another field is dropped silently, and the client waits forever.',
  remedy: 'Copy the name of the field from the page, and give it an absolute http or https URL.',
  basis: ['errorCodes'],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'the callback URL is in the documented field, with scheme and host';
    const wanting = submitsIn(evidence).filter((call) => asksForCallbacks(evidence, call));
    if (wanting.length === 0) return doesNotApply(expected, 'The client did not ask for callbacks.');
    for (const call of wanting) {
      const callback = callbackOf(call);
      if (callback === null) return withoutUrl(evidence, expected, call);
      const { url, problem } = callback;
      if (problem !== null) return broken(expected, `"${url}" ${problem}`, [call]);
    }
    return kept(expected, `${wanting.length} submissions with one`);
  },
};

function withoutUrl({ run }: Evidence, expected: string, call: ApiCall): Finding {
  const wrong = misspelt(call);
  if (wrong !== null) return broken(expected, `it is at ${wrong}, where the vendor does not look`, [call]);
  const given = run?.callbackUrl ?? '';
  return given.startsWith('http:')
    ? cannotBeSeen(
        expected,
        `The client was given ${given} and left it out. It may accept https only: run it again with --tls.`,
      )
    : broken(expected, 'it was left out', [call]);
}
