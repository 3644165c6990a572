import { broken, cannotBeSeen, doesNotApply, type Finding, kept } from './client-case.ts';
import type { Evidence, TaskLife } from './evidence.ts';
import { mostOf } from './once-per.ts';
import { firstExtensionOf } from './parents.ts';
import { pollsOf, sawEnd } from './questions.ts';

/** Whether these tasks were left alone once a poll had shown their end. */
export function stopsAfter(evidence: Evidence, tasks: readonly TaskLife[]): Finding {
  const seen = tasks.flatMap((task) => {
    const end = sawEnd(evidence, task);
    return end === undefined ? [] : [{ task, end }];
  });
  if (seen.length === 0) return doesNotApply('No poll showed such an end.');
  const idle = seen.flatMap(({ task, end }) => {
    // What comes of an extension of the task is judged by a rule of its own.
    const until = firstExtensionOf(evidence, task.id)?.seq ?? Number.POSITIVE_INFINITY;
    return pollsOf(evidence, task.id).filter(({ seq }) => seq > end.seq && seq < until);
  });
  if (idle.length > 0) return broken(`${idle.length} more polls`, idle);
  const last = mostOf(seen.map(({ end }) => end.atMs));
  return mayPollAgain(evidence, last)
    ? cannotBeSeen(
        'The run was ended before the next poll would have come: give a longer --time-limit.',
      )
    : kept(`${seen.length} tasks, none polled after its end`);
}

/** While a client runs, this many waits must pass before its silence counts. */
const PATIENCE_WAITS = 2;

function mayPollAgain({ run, endsAtMs, pack }: Evidence, endSeenAtMs: number): boolean {
  if (run === null || run.exitCode !== null) return false;
  return endsAtMs - endSeenAtMs < PATIENCE_WAITS * (pack.clients.pollEveryMs ?? 30_000);
}
