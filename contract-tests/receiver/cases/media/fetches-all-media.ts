import { PAGES } from '../../../pages.ts';
import { valueAt } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, HOW_TO_OBSERVE, holds, notObservable } from '../../verdicts.ts';

export const fetchesAllMedia: ReceiverCase = {
  id: 'RCV-MED-01',
  group: 'Media',
  title: 'All media of a success are fetched',
  level: 'should',
  requirement: 'Every URL of a success is fetched: the video and whatever comes with it.',
  why: 'What is not fetched is gone when the media expire.',
  remedy:
    'Download every media URL of the result, not only the first. Other URLs in the body, such as those that echo the request, are not media.',
  sources: [PAGES.generate],
  applies: ({ anatomy }) => (anatomy.media.length > 0 ? null : 'a success of this event has no media'),
  async run(stage) {
    const task = await stage.task();
    const passage = await stage.send(task);
    const names = new Set(
      stage.anatomy.media.map((place) => {
        const url = String(valueAt(task.body, place));
        return url.slice(url.lastIndexOf('/') + 1);
      }),
    );
    const fetched = () =>
      new Set(
        stage.downloads(task.taskId).flatMap(({ whole, name }) => (whole && names.has(name) ? [name] : [])),
      );
    const expected = `${[...names].join(' and ')} are fetched`;
    await stage.until(() => fetched().size === names.size, 4 * stage.subject.settleMs);
    return {
      stimulus: 'one success',
      ack: acknowledged(stage.subject, passage),
      effect: stage.subject.downloads
        ? holds(fetched().size === names.size, expected, `fetched: ${[...fetched()].join(', ') || 'nothing'}`)
        : notObservable(expected, HOW_TO_OBSERVE),
    };
  },
};
