import { acknowledged } from '../../answer-verdicts.ts';
import { valueAt } from '../../callback-shape.ts';
import { type MediaFinding, ofMedia } from '../../effect-verdicts.ts';
import { timesByFile } from '../../observations.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const downloadsEveryUrl: ReceiverCase = {
  id: 'RCV-ENV-06',
  group: 'Envelope',
  title: 'Each URL in a list is downloaded once',
  level: 'must',
  requirement:
    'The receiver MUST download each media URL of a success that lists several, and each of them once.',
  why: 'A receiver that takes only the first entry loses the others; if the body contains a list twice, one that reads both copies downloads each file twice.',
  remedy: 'Download every entry of the result list, and each entry once.',
  basis: ['callbackBody'],
  wantsList: true,
  applies({ listProfile, canSubmit, pack, nameOption }) {
    if (listProfile === null) return 'this vendor has no success with a list of media';
    return canSubmit && listProfile !== pack.profile
      ? `the tasks of your system have one file in the profile "${pack.profile}"; set ${nameOption('profile')} to ${listProfile}`
      : null;
  },
  async run(context) {
    const task = await context.task();
    const attempt = await context.send(task);
    const listed = context.shape.media.filter((place) => typeof place.at(-1) === 'number');
    const [first = []] = listed;
    const urls = valueAt(task.body, first.slice(0, -1)) as string[];
    const expected = `each of the ${urls.length} files is downloaded once`;
    const names = urls.map((url) => url.slice(url.lastIndexOf('/') + 1));
    const look = (): MediaFinding => {
      const works = timesByFile(context.downloads(task.taskId));
      const times = names.map((name) => works.get(name) ?? 0);
      return {
        isRight: times.every((count) => count === 1),
        isFinal: times.some((count) => count > 1),
        actual: `downloaded ${times.join(' and ')} times`,
      };
    };
    return {
      stimulus: `a success with ${urls.length} media files in a list`,
      ack: acknowledged(context.subject, attempt),
      effect: await ofMedia(context, expected, look),
    };
  },
};
