import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, holds, howToObserve, inDoubt, notObservable } from '../../verdicts.ts';

export const fetchesSoon: ReceiverCase = {
  id: 'RCV-MED-02',
  group: 'Media',
  title: 'Downloading begins soon',
  level: 'should',
  requirement: 'The first download begins within a minute of the acknowledgement (a setting).',
  why: 'Queues that nobody empties look healthy until the media expire.',
  remedy:
    'Keep a fixed number of workers waiting on the queue. A new worker for every callback starts as many downloads as a batch has tasks.',
  basis: ['mediaLifetime'],
  applies: ({ anatomy }) => (anatomy.media.length > 0 ? null : 'a success of this event has no media'),
  async run(stage) {
    const { subject } = stage;
    const { downloadWithinMs } = subject;
    const task = await stage.task();
    const passage = await stage.send(task);
    const ackedAt = performance.now();
    const expected = `the first download begins within ${downloadWithinMs} ms of the acknowledgement`;
    const result = { stimulus: 'one success', ack: acknowledged(subject, passage) };
    if (!subject.downloads) {
      const effect = subject.onlyHeads
        ? holds(false, expected, 'the media were asked for by HEAD only')
        : notObservable(expected, howToObserve({ hasProbe: false }));
      return { ...result, effect };
    }
    await stage.until(() => stage.downloads(task.taskId).length > 0, downloadWithinMs);
    const [first] = stage.downloads(task.taskId);
    const afterMs = Math.round((first?.beganAtMs ?? performance.now()) - ackedAt);
    const isSoon = first !== undefined && afterMs <= downloadWithinMs;
    const actual = first === undefined ? `none within ${afterMs} ms` : `after ${afterMs} ms`;
    return { ...result, effect: inDoubt(holds(isSoon, expected, actual)) };
  },
};
