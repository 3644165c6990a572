import { valueAt } from '../../anatomy.ts';
import { timesByFile } from '../../observations.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, type MediaFinding, ofMedia } from '../../verdicts.ts';

export const fetchesEveryUrl: ReceiverCase = {
  id: 'RCV-ENV-06',
  group: 'Envelope',
  title: 'Each of several URLs is fetched once',
  level: 'must',
  requirement: 'When a success has several media in a list, each of them is fetched, and fetched once.',
  why: 'Whoever takes the first entry loses the others; whoever loops over both lists fetches them twice.',
  remedy: 'Download every entry of the list of results, each once.',
  basis: ['callbackBody'],
  wantsList: true,
  applies({ listProfile, canSubmit, pack }) {
    if (listProfile === null) return 'no success of this vendor has a list of media';
    return canSubmit && listProfile !== pack.profile
      ? `your system's tasks have one file in the profile "${pack.profile}": give --profile ${listProfile}`
      : null;
  },
  async run(stage) {
    const task = await stage.task();
    const passage = await stage.send(task);
    const listed = stage.anatomy.media.filter((place) => typeof place.at(-1) === 'number');
    const [first = []] = listed;
    const urls = valueAt(task.body, first.slice(0, -1)) as string[];
    const expected = `each of the ${urls.length} files is downloaded once`;
    const names = urls.map((url) => url.slice(url.lastIndexOf('/') + 1));
    const look = (): MediaFinding => {
      const works = timesByFile(stage.downloads(task.taskId));
      const times = names.map((name) => works.get(name) ?? 0);
      return {
        isRight: times.every((count) => count === 1),
        isFinal: times.some((count) => count > 1),
        actual: `downloaded ${times.join(' and ')} times`,
      };
    };
    return {
      stimulus: `a success with ${urls.length} media in a list`,
      ack: acknowledged(stage.subject, passage),
      effect: await ofMedia(stage, expected, look),
    };
  },
};
