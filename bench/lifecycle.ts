import { alternate } from './alternate.ts';
import type { Bench } from './bench.ts';
import { median } from './median.ts';
import type { LifetimeResult } from './processes/lifetimes.ts';
import { type Row, rowAlone } from './row.ts';

const TASKS = 100_000;
/** Three in ten tasks are retried once. */
const POSTS_PER_TASK = 1.3;

/**
 * Measures complete lifetimes on the virtual clock: submission, states, callback, a retry for three in ten, and expiry
 * of the media.
 */
export async function lifecycle(bench: Bench): Promise<readonly Row[]> {
  const lifetimes = bench.open('lifetimes');
  const receiver = bench.open('receiver');
  const receiverUrl = await receiver.call('url');
  const tasks = bench.scaled(TASKS);

  const { withoutSockets, withSockets } = await alternate(bench, {
    withoutSockets: async () => {
      const result = await lifetimes.call('live', { tasks, receiverUrl: null });
      return expectComplete(tasks, result, result.postsHere ?? 0);
    },
    withSockets: async () => {
      await receiver.call('reset');
      const result = await lifetimes.call('live', { tasks, receiverUrl });
      return expectComplete(tasks, result, (await receiver.call('tally')).posts);
    },
  });

  bench.note(
    `lifecycle: ${tasks} tasks, submitted without sockets; "keep" equals their number, so that none is evicted`,
  );
  bench.note(`lifecycle, receiver in another process: ${describePhases(tasks, withSockets)}`);
  const row = { measure: 'lifecycle', unit: '/s', target: null } as const;
  const lifetimesPerSecond = ({ submitMs, callbackMs, expiryMs }: LifetimeResult): number =>
    (tasks / (submitMs + callbackMs + expiryMs)) * 1000;
  return [
    rowAlone(
      { ...row, what: 'complete lifetimes, callbacks without sockets' },
      withoutSockets.map(lifetimesPerSecond),
    ),
    rowAlone(
      { ...row, what: 'complete lifetimes, receiver in another process' },
      withSockets.map(lifetimesPerSecond),
    ),
  ];
}

/** @throws {Error} unless every task succeeded and every promised POST was sent and received */
function expectComplete(tasks: number, result: LifetimeResult, received: number): LifetimeResult {
  const promised = Math.round(tasks * POSTS_PER_TASK);
  if (result.complete === tasks && result.attempts === promised && received === promised) return result;
  const posts = `${promised} POSTs were promised, ${result.attempts} made, ${received} received`;
  throw new Error(`of ${tasks} tasks ${result.complete} completed their lifetime; ${posts}`);
}

function describePhases(tasks: number, rounds: readonly LifetimeResult[]): string {
  const each = (phase: 'submitMs' | 'callbackMs' | 'expiryMs'): string =>
    `${((median(rounds.map((result) => result[phase])) / tasks) * 1000).toFixed(1)} µs`;
  return `a task takes ${each('submitMs')} to submit, ${each('callbackMs')} to end and send its callback, ${each('expiryMs')} to expire`;
}
