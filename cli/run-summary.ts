import type { JournalEntry, TaskReport } from '../mock-server/index.ts';
import { counted } from './print.ts';

/** What happened during a run, in numbers. */
export interface RunFacts {
  /** Calls to the API of a vendor, known or not. */
  readonly calls: number;
  /** Calls that were answered with an error, by its code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly tasks: { readonly total: number } & Readonly<Record<TaskEnd, number>>;
  readonly callbacks: { readonly total: number; readonly attempts: number } & Readonly<
    Record<CallbackEnd, number>
  >;
  /** Tasks with a scenario other than success, by its name. */
  readonly scenarios: Readonly<Record<string, number>>;
  /** Media files that were downloaded completely. */
  readonly downloads: number;
}

type TaskEnd = 'succeeded' | 'failed' | 'canceled' | 'unfinished';
type CallbackEnd = 'acknowledged' | 'abandoned' | 'pending';

/** Summarizes a run, for programs and for people. */
export function summarizeRun(
  entries: readonly JournalEntry[],
  tasks: readonly TaskReport[],
): { readonly facts: RunFacts; readonly lines: readonly string[] } {
  const facts = factsOf(entries, tasks);
  return { facts, lines: describe(facts) };
}

function factsOf(entries: readonly JournalEntry[], tasks: readonly TaskReport[]): RunFacts {
  const calls = entries.filter((entry) => entry.type === 'request.answered');
  const deliveries = tasks.flatMap((task) => task.deliveries);
  const ends = countBy(tasks.map(endOf));
  const statuses = countBy(deliveries.map(({ status }) => status));
  return {
    calls: calls.length,
    refused: countBy(calls.flatMap(({ error, status }) => error ?? (status === null ? ['no answer'] : []))),
    tasks: {
      total: tasks.length,
      succeeded: ends.succeeded ?? 0,
      failed: ends.failed ?? 0,
      canceled: ends.canceled ?? 0,
      unfinished: ends.unfinished ?? 0,
    },
    callbacks: {
      total: deliveries.length,
      attempts: deliveries.reduce((sum, { attempts }) => sum + attempts.length, 0),
      acknowledged: statuses.acknowledged ?? 0,
      abandoned: statuses.abandoned ?? 0,
      pending: statuses.pending ?? 0,
    },
    scenarios: countBy(tasks.map(({ scenario }) => scenario).filter((name) => name !== 'success')),
    downloads: entries.filter((entry) => entry.type === 'media.served' && entry.whole && entry.completed)
      .length,
  };
}

function endOf({ outcome }: TaskReport): TaskEnd {
  if (outcome === null) return 'unfinished';
  if (outcome === 'success') return 'succeeded';
  return outcome === 'canceled' ? 'canceled' : 'failed';
}

function describe({ calls, refused, tasks, callbacks, scenarios, downloads }: RunFacts): string[] {
  const { total: made, ...ends } = tasks;
  const { total: promised, attempts, ...statuses } = callbacks;
  const extra = attempts > promised ? `; ${counted(attempts, 'attempt')}` : '';
  return [
    `${counted(calls, 'call')}${listed(refused, 'refused: ')}, ${counted(made, 'task')}${listed(ends)}`,
    `${counted(promised, 'callback')}${listed(statuses)}${extra}, ${counted(downloads, 'download')}`,
    ...(Object.keys(scenarios).length === 0 ? [] : [`scenarios: ${pairs(scenarios)}`]),
  ];
}

/** Lists the numbers that are not zero, in parentheses. */
function listed(counts: Readonly<Record<string, number>>, label = ''): string {
  const text = pairs(counts);
  return text === '' ? '' : ` (${label}${text})`;
}

function pairs(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${n} ${name}`)
    .join(', ');
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}
