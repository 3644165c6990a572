import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects, notObservable } from '../../verdicts.ts';

export const worksOnceForConcurrentDuplicate: ReceiverCase = {
  id: 'RCV-IDM-02',
  group: 'Idempotency',
  title: 'Equal callbacks at the same moment are processed once',
  level: 'must',
  requirement:
    'Two deliveries of one callback may overlap; both are acknowledged, and the work is done once.',
  why: 'A second callback that arrives between the check and the mark starts the work again.',
  remedy:
    'When a callback announces the end, claim its task id in one atomic step: a unique key, INSERT … ON CONFLICT DO NOTHING, an exclusive file. Looking first and marking later leaves a gap, however short.',
  basis: ['retries'],
  async run(stage) {
    const passages = [];
    const spreads: number[] = [];
    const taskIds: string[] = [];
    const isCloseEnough = (): boolean => Math.min(...spreads) <= LONGEST_SPREAD_MS;
    for (let n = 0; n < ROUNDS || (n < MOST_ROUNDS && !isCloseEnough()); n++) {
      const task = await stage.task();
      const together = await stage.sendTogether(task, COPIES);
      passages.push(...together.passages);
      spreads.push(together.spreadMs);
      taskIds.push(task.taskId);
    }
    const effect = await effects(stage, 1, ...taskIds);
    const spreadMs = Math.min(...spreads);
    const wasForced = effect.status !== 'passed' || spreadMs <= LONGEST_SPREAD_MS;
    return {
      stimulus: `${COPIES} equal callbacks released within ${spreadMs.toFixed(1)} ms, in ${spreads.length} rounds`,
      ack: acknowledged(stage.subject, ...passages),
      effect: wasForced ? effect : notObservable(effect.expected, notTogether(spreadMs)),
    };
  },
};

const ROUNDS = 4;
/** A busy machine needs more of them until the copies are once close enough. */
const MOST_ROUNDS = 12;
const COPIES = 6;
/** What is further apart is not at the same moment. */
const LONGEST_SPREAD_MS = 5;

function notTogether(spreadMs: number): string {
  return `The copies could not be sent closer than ${Math.round(spreadMs)} ms: run it on a machine with less load.`;
}
