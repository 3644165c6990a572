import { valueAt } from '../../anatomy.ts';
import { filesFetched } from '../../observations.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, type MediaFinding, ofMedia } from '../../verdicts.ts';

export const fetchesAllMedia: ReceiverCase = {
  id: 'RCV-MED-01',
  group: 'Media',
  title: 'All media of a success are fetched',
  level: 'should',
  requirement: 'Every URL of a success is fetched: the video and whatever comes with it.',
  why: 'What is not fetched is gone when the media expire.',
  remedy:
    'Download every media URL of the result, not only the first. Other URLs in the body, such as those that echo the request, are not media.',
  basis: ['mediaLifetime'],
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
    const expected = `${[...names].join(' and ')} are downloaded`;
    const look = (): MediaFinding => {
      const fetched = filesFetched(stage.downloads(task.taskId)).filter((name) => names.has(name));
      const actual = `downloaded: ${fetched.join(', ') || 'nothing'}`;
      return { isRight: fetched.length === names.size, isFinal: false, actual };
    };
    return {
      stimulus: 'one success',
      ack: acknowledged(stage.subject, passage),
      effect: await ofMedia(stage, expected, look),
    };
  },
};
