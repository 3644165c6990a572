import { acknowledged } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { notObservable } from '../../verdicts.ts';

export const processesConcurrentDuplicatesOnce: ReceiverCase = {
  id: 'RCV-IDM-02',
  group: 'Idempotency',
  title: 'Concurrent duplicates are processed once',
  level: 'must',
  requirement:
    'The receiver MUST acknowledge two overlapping deliveries of one callback, and MUST do the work once.',
  why: 'A second callback that arrives between the check and the write starts the work again.',
  remedy:
    'When a final callback arrives, claim its task id in one atomic step: a unique key, INSERT … ON CONFLICT DO NOTHING, or an exclusive file. A separate check and write always leave a gap.',
  basis: [
    'retries',
    'ackTimeout',
    { derived: 'A retry can arrive while the receiver is still processing an attempt that timed out.' },
  ],
  async run(context) {
    const attempts = [];
    const spreads: number[] = [];
    const taskIds: string[] = [];
    const isCloseEnough = (): boolean => Math.min(...spreads) <= LONGEST_SPREAD_MS;
    for (let n = 0; n < ROUNDS || (n < MOST_ROUNDS && !isCloseEnough()); n++) {
      const task = await context.task();
      const together = await context.sendTogether(task, COPIES);
      attempts.push(...together.attempts);
      spreads.push(together.spreadMs);
      taskIds.push(task.taskId);
    }
    const effect = await effects(context, 1, ...taskIds);
    const spreadMs = Math.min(...spreads);
    const wasForced = effect.status !== 'passed' || spreadMs <= LONGEST_SPREAD_MS;
    return {
      stimulus: `${COPIES} copies of a callback released within ${spreadMs.toFixed(1)} ms, in ${spreads.length} rounds`,
      ack: acknowledged(context.subject, ...attempts),
      effect: wasForced ? effect : notObservable(effect.expected, notTogether(spreadMs)),
    };
  },
};

const ROUNDS = 4;
/** A busy machine may need more rounds until the copies of one round are close enough. */
const MOST_ROUNDS = 12;
const COPIES = 6;
/** Copies that are further apart do not count as concurrent. */
const LONGEST_SPREAD_MS = 5;

function notTogether(spreadMs: number): string {
  return `The copies could not be sent within less than ${Math.round(spreadMs)} ms. Run the case on a machine with less load.`;
}
