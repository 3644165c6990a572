import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects, isAckStatus, notObservable } from '../../verdicts.ts';

export const worksOnceWhenAckIsLost: ReceiverCase = {
  id: 'RCV-IDM-03',
  group: 'Idempotency',
  title: 'A lost acknowledgement does not repeat the work',
  level: 'must',
  requirement:
    'When the answer gets lost on its way, the vendor sends the callback again; the receiver acknowledges it and does nothing.',
  why: 'Networks lose answers; the receiver has done its work and hears of the same task once more.',
  remedy:
    'Commit the mark and the job before you answer, and keep both when the connection breaks: whether the answer was delivered says nothing about whether the callback was stored.',
  basis: ['retries'],
  async run(stage) {
    const task = await stage.task();
    for (const after of ['request', 'answer'] as const) {
      await stage.sendAndLeave(task, after);
      await stage.quiet();
    }
    const retry = await stage.send(task);
    const effect = await effects(stage, 1, task.taskId);
    // What the vendor would not take for an acknowledgement cannot have been lost as one.
    const couldBeLost = retry.outcome !== 'acknowledged' || isAckStatus(stage.subject, retry.status);
    return {
      stimulus: 'a callback whose sender has left when the answer arrives, twice, and its retry',
      ack: acknowledged(stage.subject, retry),
      effect:
        couldBeLost || effect.status === 'failed'
          ? effect
          : notObservable(effect.expected, `HTTP ${retry.status} is not an acknowledgement for this vendor.`),
    };
  },
};
