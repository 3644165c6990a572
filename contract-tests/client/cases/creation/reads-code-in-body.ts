import {
  broken,
  type ClientCase,
  cannotBeSeen,
  doesNotApply,
  type Finding,
  kept,
} from '../../client-case.ts';
import type { ApiCall, Evidence } from '../../evidence.ts';
import { jobOf } from '../../job.ts';
import { isOverdue } from '../../overdue.ts';
import { isSurfaced, pollsIn, say, submitsIn } from '../../questions.ts';
import { tooShort } from '../../still-open.ts';

export const readsCodeInBody: ClientCase = {
  id: 'CLI-CRE-07',
  group: 'Creating tasks',
  title: 'An error inside HTTP 200 is treated as an error',
  level: 'must',
  requirement:
    'The code in the body decides, not the HTTP status: with an error code there is no task, and the caller learns of it.',
  why: 'The client continues without a task id: it polls for "undefined", waits forever, or reports success.',
  remedy: 'Check the code in the body before anything else in it, and let every error end the job.',
  basis: ['errorCodes'],
  stimuli: ['request-refused', 'server-error', 'too-many'],
  judge(evidence) {
    const expected = 'an error inside HTTP 200 is treated as an error, and the caller learns of it';
    const refused = submitsIn(evidence).filter(({ entry }) => entry.status === 200 && entry.error !== null);
    const last = refused.at(-1);
    if (last === undefined) return doesNotApply(expected, 'No submission was refused inside HTTP 200.');
    const astray = pollsIn(evidence).filter(({ askedId }) => evidence.tasks.length === 0 || isNoId(askedId));
    if (astray[0] !== undefined) return broken(expected, `it polls for "${astray[0].askedId ?? ''}"`, astray);
    // Whoever submits the job again has read the error.
    const retried = submitsIn(evidence).some(
      (call) => call.seq > (refused[0]?.seq ?? call.seq) && jobOf(call) === jobOf(last),
    );
    const { run, tasks } = evidence;
    if (run === null) return inJournal(expected, retried, refused);
    if (tasks.length > 0 && retried)
      return kept(expected, `${refused.length} refusals, and a task after them`);
    if (isSurfaced(run, last.entry.error, messageOf(last)))
      return kept(expected, `${refused.length} refusals, and the command said so`);
    return run.exitCode === null
      ? withoutEnd(evidence, expected, last)
      : broken(expected, 'the command ended as if all were well', refused);
  },
};

function inJournal(expected: string, retried: boolean, refused: readonly ApiCall[]): Finding {
  return retried
    ? kept(expected, `${refused.length} refusals, and the job was submitted again`)
    : cannotBeSeen(
        expected,
        'A journal does not show what the client reports to its caller: "verify client" runs it.',
      );
}

/** The run was ended from outside. */
function withoutEnd({ endsAtMs, giveUpWithinMs }: Evidence, expected: string, last: ApiCall): Finding {
  const silentMs = endsAtMs - last.atMs;
  return isOverdue(silentMs, giveUpWithinMs)
    ? broken(
        expected,
        `the job had not ended ${say(silentMs)} after the last refusal, and nothing was printed`,
        [last],
      )
    : tooShort(expected, silentMs, giveUpWithinMs);
}

/** What programs make of an id that is missing. */
function isNoId(text: string | null): boolean {
  return text === null || /^(undefined|null|NaN|None|\[object Object\]|)$/.test(text);
}

function messageOf({ answer }: ApiCall): string | null {
  const { msg, message } = (answer ?? {}) as { readonly msg?: unknown; readonly message?: unknown };
  return [msg, message].find((text) => typeof text === 'string') ?? null;
}
