import { PAGES } from '../../../pages.ts';
import { withoutProgress } from '../../progress-states.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, both, effects, probed } from '../../verdicts.ts';

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
  sources: [PAGES.sdks, PAGES.derived],
  applies: withoutProgress,
  async run(stage) {
    const { taskId, callbacks } = await stage.task();
    const progress = callbacks.filter(({ isFinal }) => !isFinal);
    const ends = callbacks.filter(({ isFinal }) => isFinal);
    const passages = [];
    for (const callbacksNow of [ends, progress, ends]) {
      for (const callback of callbacksNow) passages.push(await stage.send(callback));
      await stage.quiet();
    }
    const once = await effects(stage, 1, taskId);
    const isSuccess = (state: unknown): boolean => state === 'succeeded' || state === 'success';
    return {
      stimulus: 'a success, then the progress callbacks of the same task, then the success again',
      ack: acknowledged(stage.subject, ...passages),
      effect: stage.subject.hasProbe
        ? both(once, await probed(stage, taskId, 'state', isSuccess, 'the task stays "succeeded"'))
        : once,
    };
  },
};
