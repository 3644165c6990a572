import { PAGES } from '../../../pages.ts';
import { valueAt } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, HOW_TO_OBSERVE, holds, notObservable } from '../../verdicts.ts';

export const fetchesEveryUrl: ReceiverCase = {
  id: 'RCV-ENV-06',
  group: 'Envelope',
  title: 'Each of several URLs is fetched once',
  level: 'must',
  requirement: 'When a success has several media in a list, each of them is fetched, and fetched once.',
  why: 'Whoever takes the first entry loses the others; whoever loops over both lists fetches them twice.',
  remedy: 'Download every entry of the list of results, each once.',
  sources: [PAGES.luma],
  wantsList: true,
  applies: ({ listProfile }) =>
    listProfile === null ? 'no success of this vendor has a list of media' : null,
  async run(stage) {
    const task = await stage.task();
    const passage = await stage.send(task);
    const listed = stage.anatomy.media.filter((place) => typeof place.at(-1) === 'number');
    const [first = []] = listed;
    const urls = valueAt(task.body, first.slice(0, -1)) as string[];
    await stage.quiet();
    const expected = `each of the ${urls.length} files once`;
    const times = urls.map((url) => {
      const name = url.slice(url.lastIndexOf('/') + 1);
      return stage.downloads(task.taskId).filter((download) => download.whole && download.name === name)
        .length;
    });
    const effect = stage.subject.downloads
      ? holds(
          times.every((count) => count === 1),
          expected,
          `fetched ${times.join(' and ')} times`,
        )
      : notObservable(expected, HOW_TO_OBSERVE);
    return {
      stimulus: `a success with ${urls.length} media in a list`,
      ack: acknowledged(stage.subject, passage),
      effect,
    };
  },
};
