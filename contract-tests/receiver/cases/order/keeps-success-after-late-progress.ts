import { withoutProgress } from '../../progress-states.ts';
import type { Message, ReceiverCase, Stage } from '../../receiver-case.ts';
import { acknowledged, both, effects, notObservable, probed } from '../../verdicts.ts';

export const keepsSuccessAfterLateProgress: ReceiverCase = {
  id: 'RCV-ORD-06',
  group: 'Order',
  title: 'A progress callback that arrives late does not reopen the task',
  level: 'must',
  requirement:
    'When a callback that announces progress arrives after the one that announced the success, it is acknowledged, the success stays, and a retry of the success changes nothing.',
  why: 'Retries overtake one another. A receiver that stores whatever state came last shows a finished video as running for good, and does the work again at the next retry.',
  remedy:
    'Let states move forward only: update the row where its state is not final yet, and keep the mark of a task whose work was done.',
  basis: ['retries'],
  applies: withoutProgress,
  async run(stage) {
    const stimulus = 'a success, then the progress callbacks of the same task, then the success again';
    const control = await stage.send(await progressOf(stage));
    if (control.outcome !== 'acknowledged') {
      const because = 'Progress callbacks are refused before the end as well: make RCV-ORD-05 pass first.';
      return { stimulus, ack: notObservable('all of them are acknowledged', because) };
    }
    const { taskId, callbacks } = await stage.task();
    const progress = callbacks.filter(({ isFinal }) => !isFinal);
    const end = callbacks.slice(-1);
    const passages = [];
    for (const turn of [end, progress, end]) {
      for (const callback of turn) passages.push(await stage.send(callback));
      await stage.quiet();
    }
    const once = await effects(stage, 1, taskId);
    const isSuccess = (state: unknown): boolean => state === 'succeeded' || state === 'success';
    return {
      stimulus,
      ack: acknowledged(stage.subject, ...passages),
      effect: stage.subject.hasProbe
        ? both(once, await probed(stage, taskId, 'state', isSuccess, 'the task stays "succeeded"'))
        : once,
    };
  },
};

/** A callback that announces the progress of a task that still runs. */
async function progressOf(stage: Stage): Promise<Message> {
  const { callbacks } = await stage.runningTask();
  const progress = callbacks.find(({ isFinal }) => !isFinal);
  if (progress === undefined) throw new Error('the event announces no progress');
  return progress;
}
