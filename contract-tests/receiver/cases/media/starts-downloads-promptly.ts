import { sayDuration } from '../../../reporters/wording.ts';
import { acknowledged } from '../../answer-verdicts.ts';
import { howToObserve } from '../../effect-verdicts.ts';
import { mediaLifetime } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { inDoubt, notObservable, passedIf } from '../../verdicts.ts';

export const startsDownloadsPromptly: ReceiverCase = {
  id: 'RCV-MED-02',
  group: 'Media',
  title: 'Downloads start promptly',
  level: 'should',
  requirement:
    'The receiver SHOULD start its first download after the acknowledgement within the time that the options set.',
  why: {
    general: 'A queue without workers goes unnoticed until the media expires.',
    of: (pack) =>
      `A queue without workers goes unnoticed until the media expires, after ${mediaLifetime(pack)}.`,
  },
  remedy:
    'Keep a fixed number of workers waiting on the queue. One new worker per callback starts as many downloads as a batch has tasks.',
  basis: ['mediaLifetime', { derived: 'The options set the limit of this case.' }],
  applies: ({ shape }) => (shape.media.length > 0 ? null : 'this event has no success with media'),
  async run(context) {
    const { subject } = context;
    const { downloadWithinMs } = subject;
    const task = await context.task();
    const attempt = await context.send(task);
    const ackedAt = performance.now();
    const expected = `the first download starts within ${sayDuration(downloadWithinMs)} of the acknowledgement`;
    const result = { stimulus: 'one success', ack: acknowledged(subject, attempt) };
    if (!subject.downloads) {
      const effect = subject.onlyHeads
        ? passedIf(false, expected, 'the media was requested only with HEAD')
        : notObservable(expected, howToObserve({ ...subject, hasProbe: false }));
      return { ...result, effect };
    }
    await context.until(() => context.downloads(task.taskId).length > 0, downloadWithinMs);
    const [first] = context.downloads(task.taskId);
    const afterMs = Math.round((first?.beganAtMs ?? performance.now()) - ackedAt);
    const isSoon = first !== undefined && afterMs <= downloadWithinMs;
    const actual =
      first === undefined ? `no download within ${sayDuration(afterMs)}` : `after ${sayDuration(afterMs)}`;
    return { ...result, effect: inDoubt(passedIf(isSoon, expected, actual)) };
  },
};
