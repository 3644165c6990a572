import { mostOf } from './cached.ts';
import { type Finding, failed, notApplicable, notObservable, passed } from './client-case.ts';
import type { ApiCall, Evidence, TaskLife } from './evidence.ts';
import { pollsOf, sawEnd } from './evidence-queries.ts';
import { firstExtensionOf } from './parents.ts';
import { count, times } from './wording.ts';

/** Judges whether the client stopped polling these tasks once a poll had shown their end. */
export function stopsAfter(evidence: Evidence, tasks: readonly TaskLife[]): Finding {
  const seen = tasks.flatMap((task) => {
    const end = sawEnd(evidence, task);
    return end === undefined ? [] : [{ task, end }];
  });
  if (seen.length === 0) return notApplicable('No poll showed a task in this final state.');
  const extra = seen.flatMap(({ task, end }) => {
    // Another case judges polls of the parent after an extension.
    const until = firstExtensionOf(evidence, task.id)?.seq ?? Number.POSITIVE_INFINITY;
    const later = pollsOf(evidence, task.id).filter(({ seq }) => seq > end.seq && seq < until);
    return withoutResults(later, end);
  });
  if (extra.length > 0)
    return failed(`the client polled ${times(extra.length)} after the task had finished`, extra);
  const last = mostOf(seen.map(({ end }) => end.atMs));
  return mayPollAgain(evidence, last)
    ? notObservable(
        `The run was stopped before the next poll was due. Increase ${evidence.nameOption('timeLimit')}.`,
      )
    : passed(`the client did not poll ${count(seen, 'finished task')} again`);
}

/** Leaves out the first call of each other operation, such as the one that returns the result of a finished task. */
function withoutResults(later: readonly ApiCall[], { operation: polled }: ApiCall): ApiCall[] {
  const called = new Set([polled?.id]);
  return later.filter(({ operation }) => {
    if (called.has(operation?.id)) return true;
    called.add(operation?.id);
    return false;
  });
}

/** Number of poll intervals without a poll after which a running client counts as having stopped. */
const SILENT_INTERVALS = 2;

function mayPollAgain({ run, endsAtMs, pack }: Evidence, endSeenAtMs: number): boolean {
  if (run === null || run.exitCode !== null) return false;
  return endsAtMs - endSeenAtMs < SILENT_INTERVALS * (pack.clients.pollEveryMs ?? 30_000);
}
