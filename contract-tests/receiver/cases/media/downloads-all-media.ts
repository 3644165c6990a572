import { acknowledged } from '../../answer-verdicts.ts';
import { valueAt } from '../../callback-shape.ts';
import { type MediaFinding, ofMedia } from '../../effect-verdicts.ts';
import { filesFetched } from '../../observations.ts';
import { mediaLifetime } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const downloadsAllMedia: ReceiverCase = {
  id: 'RCV-MED-01',
  group: 'Media',
  title: 'All media of a success is downloaded',
  level: 'should',
  requirement:
    'The receiver SHOULD download every media URL of a success: the video and its companion files.',
  why: {
    general: 'Files that are not downloaded are lost when the media expires.',
    of: (pack) =>
      `Files that are not downloaded are lost when the media expires, after ${mediaLifetime(pack)}.`,
  },
  remedy:
    'Download every media URL of the result, not only the first. Other URLs in the body, such as those that echo the request, are not media.',
  basis: ['callbackBody', 'mediaLifetime'],
  applies: ({ shape }) => (shape.media.length > 0 ? null : 'this event has no success with media'),
  async run(context) {
    const task = await context.task();
    const attempt = await context.send(task);
    const names = new Set(
      context.shape.media.map((place) => {
        const url = String(valueAt(task.body, place));
        return url.slice(url.lastIndexOf('/') + 1);
      }),
    );
    const expected = `${[...names].join(' and ')} are downloaded`;
    const look = (): MediaFinding => {
      const fetched = filesFetched(context.downloads(task.taskId)).filter((name) => names.has(name));
      const actual = `downloaded: ${fetched.join(', ') || 'nothing'}`;
      return { isRight: fetched.length === names.size, isFinal: false, actual };
    };
    return {
      stimulus: 'one success',
      ack: acknowledged(context.subject, attempt),
      effect: await ofMedia(context, expected, look),
    };
  },
};
