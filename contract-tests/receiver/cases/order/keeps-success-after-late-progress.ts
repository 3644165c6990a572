import { acknowledged } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import type { Message } from '../../message.ts';
import { probed } from '../../probe-verdicts.ts';
import { withoutProgress } from '../../progress-states.ts';
import type { CaseContext, ReceiverCase } from '../../receiver-case.ts';
import { both, notObservable } from '../../verdicts.ts';

export const keepsSuccessAfterLateProgress: ReceiverCase = {
  id: 'RCV-ORD-06',
  group: 'Order',
  title: 'A late progress callback does not reopen a finished task',
  level: 'must',
  requirement:
    'The receiver MUST acknowledge a progress callback that arrives after the success, keep the success, and ignore a retry of the success.',
  why: 'Retries overtake one another. A receiver that stores the state of the last callback shows a finished video as running forever, and repeats the work at the next retry.',
  remedy:
    'Allow only forward state transitions: update a row only if its state is not final, and keep the key of a processed task.',
  basis: [
    'progressCallbacks',
    { derived: 'Attempts can overtake one another on the network, so callbacks can arrive out of order.' },
  ],
  applies: withoutProgress,
  async run(context) {
    const stimulus = 'a success, the progress callbacks of the same task, and the success again';
    const control = await context.send(await progressOf(context));
    if (control.outcome !== 'acknowledged') {
      const because = 'Progress callbacks are also rejected before the success. Fix RCV-ORD-05 first.';
      return { stimulus, ack: notObservable('all callbacks are acknowledged', because) };
    }
    const { taskId, callbacks } = await context.task();
    const progress = callbacks.filter(({ isFinal }) => !isFinal);
    const end = callbacks.slice(-1);
    const attempts = [];
    for (const turn of [end, progress, end]) {
      for (const callback of turn) attempts.push(await context.send(callback));
      await context.quiet();
    }
    const once = await effects(context, 1, taskId);
    const isSuccess = (state: unknown): boolean => state === 'succeeded' || state === 'success';
    return {
      stimulus,
      ack: acknowledged(context.subject, ...attempts),
      effect: context.subject.hasProbe
        ? both(once, await probed(context, taskId, 'state', isSuccess, 'the task remains "succeeded"'))
        : once,
    };
  },
};

/** Returns a progress callback of a running task. */
async function progressOf(context: CaseContext): Promise<Message> {
  const { callbacks } = await context.runningTask();
  const progress = callbacks.find(({ isFinal }) => !isFinal);
  if (progress === undefined) throw new Error('The event has no progress callbacks.');
  return progress;
}
