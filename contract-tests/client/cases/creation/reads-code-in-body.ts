import {
  type ClientCase,
  type Finding,
  failed,
  notApplicable,
  notObservable,
  passed,
} from '../../client-case.ts';
import type { ApiCall, Evidence } from '../../evidence.ts';
import { durationText, isReported, pollsIn, submitsIn } from '../../evidence-queries.ts';
import { jobOf } from '../../job.ts';
import { isOverdue } from '../../overdue.ts';
import { tooShort } from '../../still-open.ts';
import { count } from '../../wording.ts';

export const readsCodeInBody: ClientCase = {
  id: 'CLI-CRE-07',
  group: 'Creating tasks',
  title: 'An error inside HTTP 200 is treated as an error',
  level: 'must',
  requirement:
    'The client MUST check the code in the body, not only the HTTP status, and report an error code to the caller.',
  why: 'The client continues without a task id: it polls for "undefined", waits forever, or reports success.',
  remedy: 'Check the code in the body first, and fail or retry the job on any error code.',
  basis: ['errorCodes'],
  stimuli: ['request-refused', 'server-error', 'too-many'],
  judge(evidence) {
    const rejected = submitsIn(evidence).filter(({ entry }) => entry.status === 200 && entry.error !== null);
    const last = rejected.at(-1);
    if (last === undefined) return notApplicable('No submission was rejected inside HTTP 200.');
    const invalid = pollsIn(evidence).filter(
      ({ askedId }) => evidence.tasks.length === 0 || isMissingId(askedId),
    );
    if (invalid[0] !== undefined)
      return failed(`the client polled for the task id "${invalid[0].askedId ?? ''}"`, invalid);
    // A client that resubmits the job has noticed the error.
    const retried = submitsIn(evidence).some(
      (call) => call.seq > (rejected[0]?.seq ?? call.seq) && jobOf(call) === jobOf(last),
    );
    const { run, tasks } = evidence;
    if (run === null) return inJournal(retried, rejected);
    if (tasks.length > 0 && retried) return passed(`after ${count(rejected, 'error')}, the job was accepted`);
    if (isReported(run, last.entry.error, messageOf(last))) return passed(`the client reported the error`);
    return run.exitCode === null
      ? withoutEnd(evidence, last)
      : failed('the client ended successfully without reporting the error', rejected);
  },
};

function inJournal(retried: boolean, rejected: readonly ApiCall[]): Finding {
  return retried
    ? passed(`after ${count(rejected, 'error')}, the job was submitted again`)
    : notObservable(
        'A journal does not show what the client reports to its caller. Use "verify client" instead.',
      );
}

/** Judges a run that was stopped at its time limit. */
function withoutEnd(evidence: Evidence, last: ApiCall): Finding {
  const { endsAtMs, giveUpWithinMs } = evidence;
  const silentMs = endsAtMs - last.atMs;
  return isOverdue(silentMs, giveUpWithinMs)
    ? failed(
        `${durationText(silentMs)} after the last error, the client was still running and had not reported it`,
        [last],
      )
    : tooShort(evidence, silentMs);
}

/** Whether a task id is what programs produce from a missing value. */
function isMissingId(text: string | null): boolean {
  return text === null || /^(undefined|null|NaN|None|\[object Object\]|)$/.test(text);
}

function messageOf({ answer }: ApiCall): string | null {
  const { msg, message } = (answer ?? {}) as { readonly msg?: unknown; readonly message?: unknown };
  return [msg, message].find((text) => typeof text === 'string') ?? null;
}
