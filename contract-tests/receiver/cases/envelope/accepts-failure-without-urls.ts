import { acknowledged } from '../../answer-verdicts.ts';
import { failureForms } from '../../failure-forms.ts';
import { failedWithoutDownload } from '../../probe-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const acceptsFailureWithoutUrls: ReceiverCase = {
  id: 'RCV-ENV-03',
  group: 'Envelope',
  title: 'A failure without media URLs is accepted',
  level: 'must',
  requirement:
    'The receiver MUST accept a failure whose media URLs are missing or empty, and MUST NOT download anything for it.',
  why: 'A failure does not have media, and vendors either omit the fields or leave them empty; a receiver that reads them before it checks the result throws an error.',
  remedy:
    'Read the result first, and read media fields only for successes. Treat missing, null and empty fields alike.',
  basis: ['failureBody'],
  applies: ({ failures, shape }) =>
    failures.length > 0 && shape.media.length > 0 ? null : 'the event has no failure callbacks, or no media',
  async run(context) {
    const slug = context.subject.failures[0];
    const tasks = [await context.task(`fail.${slug}`), await context.task(`fail.${slug}`)] as const;
    const [bare, empty] = tasks;
    const { pack } = context.subject;
    const { missing } = failureForms(pack, context.shape, bare.body);
    const { emptied } = failureForms(pack, context.shape, empty.body);
    const attempts = [
      await context.send(missing === null ? bare : bare.with(missing)),
      await context.send(empty.with(emptied)),
    ];
    const ids = tasks.map(({ taskId }) => taskId);
    return {
      stimulus:
        missing === null
          ? 'two failures with empty media URLs'
          : 'a failure without media URLs, and one with empty ones',
      ack: acknowledged(context.subject, ...attempts),
      effect: await failedWithoutDownload(context, ...ids),
    };
  },
};
