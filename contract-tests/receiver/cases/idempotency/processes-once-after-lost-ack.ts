import { acknowledged, isAckStatus } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { notObservable } from '../../verdicts.ts';

export const processesOnceAfterLostAck: ReceiverCase = {
  id: 'RCV-IDM-03',
  group: 'Idempotency',
  title: 'A lost acknowledgement does not cause repeated work',
  level: 'must',
  requirement:
    'If the answer is lost in transit and the vendor retries, the receiver MUST acknowledge the retry without repeating the work.',
  why: 'Networks lose answers; the receiver then gets the same callback again after it has done the work.',
  remedy:
    'Commit the key and the job before you answer, and keep both if the connection breaks: a lost answer does not mean that the callback was not stored.',
  basis: [
    'retries',
    { derived: 'A vendor cannot distinguish a lost answer from a missing one, so it retries in both cases.' },
  ],
  async run(context) {
    const task = await context.task();
    for (const after of ['request', 'answer'] as const) {
      await context.sendAndLeave(task, after);
      await context.quiet();
    }
    const retry = await context.send(task);
    const effect = await effects(context, 1, task.taskId);
    // An answer that the vendor does not accept as an acknowledgement cannot be a lost acknowledgement.
    const couldBeLost = retry.outcome !== 'acknowledged' || isAckStatus(context.subject, retry.status);
    return {
      stimulus: 'a callback whose sender disconnects before it reads the answer, twice, and then a retry',
      ack: acknowledged(context.subject, retry),
      effect:
        couldBeLost || effect.status === 'failed'
          ? effect
          : notObservable(effect.expected, `HTTP ${retry.status} is not an acknowledgement for this vendor.`),
    };
  },
};
