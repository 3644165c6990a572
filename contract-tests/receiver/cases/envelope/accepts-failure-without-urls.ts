import { failureForms } from '../../failure-forms.ts';
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
  remedy:
    'Read the result first, and read media fields of successes only. A field that is missing, null or empty means the same.',
  basis: ['callbackBody'],
  applies: ({ failures, anatomy }) =>
    failures.length > 0 && anatomy.media.length > 0 ? null : 'the event has no failure, or no media',
  async run(stage) {
    const slug = stage.subject.failures[0];
    const tasks = [await stage.task(`fail.${slug}`), await stage.task(`fail.${slug}`)] as const;
    const [bare, empty] = tasks;
    const { pack } = stage.subject;
    const { missing } = failureForms(pack, stage.anatomy, bare.body);
    const { emptied } = failureForms(pack, stage.anatomy, empty.body);
    const passages = [
      await stage.send(missing === null ? bare : bare.with(missing)),
      await stage.send(empty.with(emptied)),
    ];
    const ids = tasks.map(({ taskId }) => taskId);
    return {
      stimulus:
        missing === null
          ? 'two failures with empty media URLs'
          : 'a failure without media URLs, and one with empty ones',
      ack: acknowledged(stage.subject, ...passages),
      effect: await failedWithoutDownload(stage, ...ids),
    };
  },
};
