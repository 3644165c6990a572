import {
  broken,
  type ClientCase,
  cannotBeSeen,
  doesNotApply,
  type Finding,
  kept,
} from '../../client-case.ts';
import type { ApiCall, Evidence } from '../../evidence.ts';
import { mostOf } from '../../once-per.ts';
import { isOverdue } from '../../overdue.ts';
import { knewEndAtMs, say, succeeds, unmockedIn } from '../../questions.ts';
import { tooShort } from '../../still-open.ts';

export const makesAVideo: ClientCase = {
  id: 'CLI-END-01',
  group: 'Outcome',
  title: 'Where nothing goes wrong, the client gets its video and ends well',
  level: 'must',
  requirement:
    'When every task succeeds, the client learns of a success by a poll or by a callback that it acknowledges, and ends with exit code 0.',
  why: 'A client that fails here fails for every user, whatever else it does right.',
  remedy:
    'Run the command by hand against "stuntdouble start", and look at its last answer and at what it prints.',
  basis: ['states'],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'the client learns of a success and ends with exit code 0';
    const { run, tasks } = evidence;
    if (run === null)
      return doesNotApply(expected, 'A journal does not show how the client ended: "verify client" runs it.');
    const isTold = tasks.some((task) => succeeds(task) && knewEndAtMs(evidence, task) !== null);
    if (run.exitCode === 0 && isTold)
      return kept(expected, 'it learned of a success, and ended with exit code 0');
    const [unmocked] = unmockedIn(evidence);
    if (unmocked !== undefined) {
      const { method, url } = unmocked.entry;
      return cannotBeSeen(
        expected,
        `It called ${method} ${url}, which exists at the vendor and is not mocked.`,
      );
    }
    return run.exitCode === null
      ? unfinished(evidence, expected, isTold)
      : broken(expected, `${endingOf(isTold, run.exitCode)}${lastWords(evidence)}`, lastCall(evidence));
  },
};

function endingOf(isTold: boolean, exitCode: number): string {
  const news = isTold ? 'it learned of a success' : 'it never learned of a success';
  return `${news}, and ended with exit code ${exitCode}`;
}

/** The run was ended from outside. */
function unfinished(evidence: Evidence, expected: string, isTold: boolean): Finding {
  const { endsAtMs, giveUpWithinMs, tasks, calls } = evidence;
  const sinceMs = Math.max(
    0,
    mostOf(tasks.map(({ endedAtMs, atMs }) => endedAtMs ?? atMs)),
    tasks[0] === undefined ? (calls[0]?.atMs ?? 0) : 0,
  );
  const watchedMs = endsAtMs - sinceMs;
  if (!isOverdue(watchedMs, giveUpWithinMs)) return tooShort(expected, watchedMs, giveUpWithinMs);
  const news = isTold ? 'it learned of a success' : 'it had not learned of a success';
  return broken(
    expected,
    `${news}, and had not ended ${say(watchedMs)} later${lastWords(evidence)}`,
    lastCall(evidence),
  );
}

function lastCall({ calls }: Evidence): ApiCall[] {
  return calls.slice(-1);
}

/** What may explain it: the last answer, where it was a refusal, and the last line that was printed. */
function lastWords(evidence: Evidence): string {
  const entry = lastCall(evidence)[0]?.entry;
  const refusal =
    entry === undefined || entry.error === null
      ? ''
      : `; its last call, ${entry.method} ${entry.url.split('?')[0]}, was refused with ${entry.error}`;
  const line = evidence.run?.output.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  return line === '' ? refusal : `${refusal}; it printed "${line}"`;
}
