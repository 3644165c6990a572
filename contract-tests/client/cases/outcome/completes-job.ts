import { mostOf } from '../../cached.ts';
import {
  type ClientCase,
  type Finding,
  failed,
  notApplicable,
  notObservable,
  passed,
} from '../../client-case.ts';
import { endingOf, tellingLineOf } from '../../ending.ts';
import type { ApiCall, Evidence } from '../../evidence.ts';
import { durationText, knewEndAtMs, succeeds, unmockedIn } from '../../evidence-queries.ts';
import { isOverdue } from '../../overdue.ts';
import { tooShort } from '../../still-open.ts';

export const completesJob: ClientCase = {
  id: 'CLI-END-01',
  group: 'Outcome',
  title: 'The client completes its job when nothing goes wrong',
  level: 'must',
  requirement:
    'When every task succeeds, the client MUST see the success in a poll or an acknowledged callback, and exit with code 0.',
  why: 'A client that fails here fails for every user.',
  remedy: 'Run the command against "stuntdouble start", and check its last response and its output.',
  basis: ['states'],
  stimuli: ['plain'],
  expected: () => 'the client sees a task succeed and exits with code 0',
  judge(evidence) {
    const { run, tasks } = evidence;
    if (run === null)
      return notApplicable('A journal does not show how the client exited. Use "verify client" instead.');
    const sawSuccess = tasks.some((task) => succeeds(task) && knewEndAtMs(evidence, task) !== null);
    if (run.exitCode === 0 && sawSuccess) return passed(`the client saw a task succeed and ${endingOf(run)}`);
    const [unmocked] = unmockedIn(evidence);
    if (unmocked !== undefined) {
      const { method, url } = unmocked.entry;
      return notObservable(
        `The client called ${method} ${url}, which the vendor documents but the mock does not serve.`,
      );
    }
    const seen = sawSuccess ? 'saw a task succeed' : 'did not see a task succeed';
    return run.exitCode === null
      ? unfinished(evidence, sawSuccess)
      : failed(`the client ${seen} and ${endingOf(run)}${explanationOf(evidence)}`, lastCall(evidence));
  },
};

/** Judges a run that was stopped at its time limit. */
function unfinished(evidence: Evidence, sawSuccess: boolean): Finding {
  const { endsAtMs, giveUpWithinMs, tasks, calls } = evidence;
  const sinceMs = Math.max(
    0,
    mostOf(tasks.map(({ endedAtMs, atMs }) => endedAtMs ?? atMs)),
    tasks[0] === undefined ? (calls[0]?.atMs ?? 0) : 0,
  );
  const observedMs = endsAtMs - sinceMs;
  if (!isOverdue(observedMs, giveUpWithinMs)) return tooShort(evidence, observedMs);
  const seen = sawSuccess ? 'saw a task succeed' : 'did not see a task succeed';
  return failed(
    `the client ${seen} and was still running ${durationText(observedMs)} later${explanationOf(evidence)}`,
    lastCall(evidence),
  );
}

function lastCall({ calls }: Evidence): ApiCall[] {
  return calls.slice(-1);
}

/** Returns the likely cause: the last response, if it was an error, and the end of its output. */
function explanationOf(evidence: Evidence): string {
  const entry = lastCall(evidence)[0]?.entry;
  const error =
    entry === undefined || entry.error === null
      ? ''
      : `; its last call, ${entry.method} ${entry.url.split('?')[0]}, returned error ${entry.error}`;
  const line = evidence.run === null ? null : tellingLineOf(evidence.run);
  return line === null ? error : `${error}; output: "${line}"`;
}
