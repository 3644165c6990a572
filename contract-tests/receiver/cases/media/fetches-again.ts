import { PAGES } from '../../../pages.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, HOW_TO_OBSERVE, holds, notObservable } from '../../verdicts.ts';

export const fetchesAgain: ReceiverCase = {
  id: 'RCV-MED-03',
  group: 'Media',
  title: 'A download that fails is made again, and a part is no whole',
  level: 'should',
  requirement:
    'Media that answer 503 at first, or break off in the middle, are fetched again until the whole file is there.',
  why: 'A file that was cut off plays for two seconds and passes for a video.',
  remedy:
    'Compare the bytes received with Content-Length, and retry with growing gaps until the media expire. Store the file under its final name only when it is complete.',
  sources: [PAGES.luma],
  applies: ({ anatomy }) => (anatomy.media.length > 0 ? null : 'a success of this event has no media'),
  async run(stage) {
    const busy = await stage.task('media.503');
    const cut = await stage.task('media.truncated');
    const passages = [await stage.send(busy), await stage.send(cut)];
    const isWhole = (taskId: string): boolean => stage.downloads(taskId).some(({ whole }) => whole);
    const done = (): boolean => isWhole(busy.taskId) && isWhole(cut.taskId);
    const expected = 'both files are whole in the end';
    const isDone = stage.subject.downloads && (await stage.until(done, WITHIN_MS));
    const actual = `503 at first: ${isWhole(busy.taskId) ? 'whole' : 'never whole'}; cut off at first: ${isWhole(cut.taskId) ? 'whole' : 'never whole'}`;
    return {
      stimulus: 'a success whose media answer 503 twice, and one whose media break off once',
      ack: acknowledged(stage.subject, ...passages),
      effect: stage.subject.downloads
        ? holds(isDone, expected, actual)
        : notObservable(expected, HOW_TO_OBSERVE),
    };
  },
};

/** How long a receiver may take for all its tries, wall time. */
const WITHIN_MS = 8_000;
