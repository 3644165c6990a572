import { alternate } from './alternate.ts';
import type { Bench } from './bench.ts';
import { median } from './median.ts';
import type { Lived } from './processes/lifetimes.ts';
import { type Row, rowAlone } from './row.ts';

const TASKS = 100_000;
/** Three in ten tasks are retried once. */
const POSTS_PER_TASK = 1.3;

/**
 * Measures whole lifetimes on the virtual clock: submission, states, callback, a retry for three in ten, and expiry
 * of the media.
 */
export async function lifecycle(bench: Bench): Promise<readonly Row[]> {
  const lifetimes = bench.open('lifetimes');
  const receiver = bench.open('receiver');
  const receiverUrl = await receiver.call('url');
  const tasks = bench.scaled(TASKS);

  const { near, far } = await alternate(bench, {
    near: async () => {
      const lived = await lifetimes.call('live', { tasks, receiverUrl: null });
      return expectWhole(tasks, lived, lived.postsHere ?? 0);
    },
    far: async () => {
      await receiver.call('reset');
      const lived = await lifetimes.call('live', { tasks, receiverUrl });
      return expectWhole(tasks, lived, (await receiver.call('tally')).posts);
    },
  });

  bench.note(
    `lifecycle: ${tasks} tasks, submitted without sockets; "keep" equals their number, so that none is evicted`,
  );
  bench.note(`lifecycle, receiver in another process: ${describePhases(tasks, far)}`);
  const row = { measure: 'lifecycle', unit: '/s', target: null } as const;
  const livesPerSecond = ({ submitMs, callbackMs, expiryMs }: Lived): number =>
    (tasks / (submitMs + callbackMs + expiryMs)) * 1000;
  return [
    rowAlone({ ...row, what: 'whole lifetimes, callbacks without sockets' }, near.map(livesPerSecond)),
    rowAlone({ ...row, what: 'whole lifetimes, receiver in another process' }, far.map(livesPerSecond)),
  ];
}

/** @throws {Error} unless every task succeeded and every promised POST was sent and received */
function expectWhole(tasks: number, lived: Lived, received: number): Lived {
  const promised = Math.round(tasks * POSTS_PER_TASK);
  if (lived.whole === tasks && lived.attempts === promised && received === promised) return lived;
  const posts = `${promised} POSTs were promised, ${lived.attempts} made, ${received} received`;
  throw new Error(`of ${tasks} tasks ${lived.whole} completed their lifetime; ${posts}`);
}

function describePhases(tasks: number, rounds: readonly Lived[]): string {
  const each = (phase: 'submitMs' | 'callbackMs' | 'expiryMs'): string =>
    `${((median(rounds.map((lived) => lived[phase])) / tasks) * 1000).toFixed(1)} µs`;
  return `a task takes ${each('submitMs')} to submit, ${each('callbackMs')} to end and send its callback, ${each('expiryMs')} to expire`;
}
