import { PAGES } from '../../../pages.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, HOW_TO_OBSERVE, holds, notObservable } from '../../verdicts.ts';

export const fetchesSoon: ReceiverCase = {
  id: 'RCV-MED-02',
  group: 'Media',
  title: 'Downloading begins soon',
  level: 'should',
  requirement: 'The first download begins within a minute of the acknowledgement (a setting).',
  why: 'Queues that nobody empties look healthy until the media expire.',
  remedy:
    'Keep a fixed number of workers waiting on the queue. A new worker for every callback starts as many downloads as a batch has tasks.',
  sources: [PAGES.generate],
  applies: ({ anatomy }) => (anatomy.media.length > 0 ? null : 'a success of this event has no media'),
  async run(stage) {
    const { downloadWithinMs, downloads } = stage.subject;
    const task = await stage.task();
    const passage = await stage.send(task);
    const ackedAt = performance.now();
    const began = (): boolean => stage.downloads(task.taskId).length > 0;
    const isSeen = downloads && (await stage.until(began, downloadWithinMs));
    const expected = `the first download within ${downloadWithinMs} ms of the ack`;
    const after = `${Math.round(performance.now() - ackedAt)} ms`;
    return {
      stimulus: 'one success',
      ack: acknowledged(stage.subject, passage),
      effect: downloads
        ? holds(isSeen, expected, isSeen ? `within ${after}` : `none within ${after}`)
        : notObservable(expected, HOW_TO_OBSERVE),
    };
  },
};
