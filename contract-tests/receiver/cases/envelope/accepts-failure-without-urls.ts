import { PAGES } from '../../../pages.ts';
import type { Place } from '../../anatomy.ts';
import { removeAt, replaceAt } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, failedWithoutDownload } from '../../verdicts.ts';

export const acceptsFailureWithoutUrls: ReceiverCase = {
  id: 'RCV-ENV-03',
  group: 'Envelope',
  title: 'A failure has no URLs, or empty ones',
  level: 'must',
  requirement:
    'A failure is taken whether its media URLs are missing or empty; nothing is downloaded and nothing breaks.',
  why: 'One page leaves the fields out, another leaves them empty; whoever reads them before looking at the code falls over.',
  remedy: 'Look at the code first, and touch URLs of successes alone.',
  sources: [PAGES.extend, PAGES.generate],
  applies: ({ failures, anatomy }) =>
    failures.length > 0 && anatomy.media.length > 0 ? null : 'the event has no failure, or no media',
  async run(stage) {
    const slug = stage.subject.failures[0];
    const bare = await stage.task(`fail.${slug}`);
    const empty = await stage.task(`fail.${slug}`);
    const { media } = stage.anatomy;
    const without = removeAt(bare.body, media.map(nameOf));
    const emptied = replaceAt(empty.body, media.map(nameOf), '');
    const passages = [await stage.send(bare.with(without)), await stage.send(empty.with(emptied))];
    return {
      stimulus: 'a failure without media URLs, and one with empty ones',
      ack: acknowledged(stage.subject, ...passages),
      effect: await failedWithoutDownload(stage, bare.taskId, empty.taskId),
    };
  },
};

/** The field of a URL: a list of URLs is a field, too. */
function nameOf(place: Place): Place {
  return typeof place.at(-1) === 'number' ? place.slice(0, -1) : place;
}
