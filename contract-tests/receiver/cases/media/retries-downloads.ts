import { sayDuration } from '../../../reporters/wording.ts';
import { acknowledged } from '../../answer-verdicts.ts';
import { howToObserve } from '../../effect-verdicts.ts';
import { type Download, filesFetched } from '../../observations.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { inDoubt, notObservable, verdict } from '../../verdicts.ts';

export const retriesDownloads: ReceiverCase = {
  id: 'RCV-MED-03',
  group: 'Media',
  title: 'A failed or incomplete download is retried',
  level: 'should',
  requirement:
    'The receiver SHOULD retry a download that fails with 503 or is cut off, until it has the complete file.',
  why: 'Otherwise an incomplete file is stored as the video.',
  remedy:
    'Compare the number of received bytes with Content-Length, and retry with growing delays until the media expires. Give the file its final name only when it is complete.',
  basis: [
    'mediaLifetime',
    {
      derived:
        'RFC 9112, section 8: a client must treat a truncated response as incomplete. RFC 9110, section 15.6.4: status 503 is temporary.',
    },
  ],
  applies: ({ shape }) => (shape.media.length > 0 ? null : 'this event has no success with media'),
  async run(context) {
    const { subject } = context;
    const busy = await context.task('media.503');
    const cut = await context.task('media.truncated');
    const attempts = [await context.send(busy), await context.send(cut)];
    const expected = 'both files are downloaded completely';
    const isWhole = (taskId: string): boolean => filesFetched(context.downloads(taskId)).length > 0;
    const isDone = (): boolean => isWhole(busy.taskId) && isWhole(cut.taskId);
    const result = {
      stimulus: 'a success whose media URLs answer 503 twice, and one whose media is cut off once',
      ack: acknowledged(subject, ...attempts),
    };
    if (!subject.downloads) {
      return { ...result, effect: notObservable(expected, howToObserve({ ...subject, hasProbe: false })) };
    }
    // Retries with growing delays take time, so the wait is as long as a download may take to start.
    await context.until(isDone, subject.downloadWithinMs);
    const state = (taskId: string): string => {
      if (isWhole(taskId)) return 'complete';
      return isRetried(context.downloads(taskId)) ? 'retried, but not complete' : 'not retried';
    };
    const actual = `after 503: ${state(busy.taskId)}; after a cut-off: ${state(cut.taskId)}`;
    if (isDone()) return { ...result, effect: verdict('passed', expected, actual) };
    const mayStillCome = [busy, cut].every(
      ({ taskId }) => isWhole(taskId) || isRetried(context.downloads(taskId)),
    );
    const effect = mayStillCome
      ? notObservable(
          expected,
          `The receiver was still retrying after ${sayDuration(subject.downloadWithinMs)}. Increase ${subject.nameOption('downloadWithin')}.`,
        )
      : inDoubt(verdict('failed', expected, actual));
    return { ...result, effect };
  },
};

function isRetried(downloads: readonly Download[]): boolean {
  const names = downloads.map(({ name }) => name);
  return new Set(names).size < names.length;
}
