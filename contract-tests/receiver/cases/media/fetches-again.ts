import { type Download, filesFetched } from '../../observations.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, howToObserve, inDoubt, notObservable, verdict } from '../../verdicts.ts';

export const fetchesAgain: ReceiverCase = {
  id: 'RCV-MED-03',
  group: 'Media',
  title: 'A failed or incomplete download is retried',
  level: 'should',
  requirement:
    'Media that answer 503 at first, or break off in the middle, are fetched again until the whole file is there.',
  why: 'An incomplete file plays for two seconds and is stored as the video.',
  remedy:
    'Compare the bytes received with Content-Length, and retry with growing gaps until the media expire. Store the file under its final name only when it is complete.',
  basis: ['mediaLifetime'],
  applies: ({ anatomy }) => (anatomy.media.length > 0 ? null : 'a success of this event has no media'),
  async run(stage) {
    const { subject } = stage;
    const busy = await stage.task('media.503');
    const cut = await stage.task('media.truncated');
    const passages = [await stage.send(busy), await stage.send(cut)];
    const expected = 'both files are complete in the end';
    const isWhole = (taskId: string): boolean => filesFetched(stage.downloads(taskId)).length > 0;
    const isDone = (): boolean => isWhole(busy.taskId) && isWhole(cut.taskId);
    const result = {
      stimulus: 'a success whose media answer 503 twice, and one whose media break off once',
      ack: acknowledged(subject, ...passages),
    };
    if (!subject.downloads) {
      return { ...result, effect: notObservable(expected, howToObserve({ hasProbe: false })) };
    }
    // Retries with growing gaps take their time: the wait is as long as a download may take to begin.
    await stage.until(isDone, subject.downloadWithinMs);
    const state = (taskId: string): string => {
      if (isWhole(taskId)) return 'complete';
      return isRetried(stage.downloads(taskId)) ? 'retried, not complete yet' : 'not retried';
    };
    const actual = `503 at first: ${state(busy.taskId)}; cut off at first: ${state(cut.taskId)}`;
    if (isDone()) return { ...result, effect: verdict('passed', expected, actual) };
    const mayStillCome = [busy, cut].every(
      ({ taskId }) => isWhole(taskId) || isRetried(stage.downloads(taskId)),
    );
    const effect = mayStillCome
      ? notObservable(
          expected,
          `The receiver was still retrying after ${subject.downloadWithinMs} ms. Give a longer --download-within.`,
        )
      : inDoubt(verdict('failed', expected, actual));
    return { ...result, effect };
  },
};

function isRetried(downloads: readonly Download[]): boolean {
  const names = downloads.map(({ name }) => name);
  return new Set(names).size < names.length;
}
