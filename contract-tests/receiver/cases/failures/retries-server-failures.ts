import { acknowledged } from '../../answer-verdicts.ts';
import { inParentheses, serverFailureCodes } from '../../pack-figures.ts';
import { probed } from '../../probe-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { serverFailures } from '../../selections.ts';
import { both } from '../../verdicts.ts';

export const retriesServerFailures: ReceiverCase = {
  id: 'RCV-FAIL-03',
  group: 'Failures',
  title: 'A vendor server error is recorded as a retryable failure',
  level: 'should',
  requirement:
    "The receiver SHOULD record a task whose callback carries the vendor's server error as failed and retryable, because the content did not cause the error.",
  why: 'Otherwise users see that their prompt was rejected, and the task is never retried.',
  remedy: {
    general:
      'Treat the codes of server errors as retryable regardless of the message. For other failures, the class of the message decides: an exhausted quota is retryable, a rejected prompt is not.',
    of: (pack) =>
      `Treat the codes of server errors${inParentheses(serverFailureCodes(pack))} as retryable regardless of the message. For other failures, the class of the message decides: an exhausted quota is retryable, a rejected prompt is not.`,
  },
  basis: [
    'failureTexts',
    {
      derived:
        'A server error does not depend on the content of the request, so a later attempt can succeed.',
    },
  ],
  applies: (subject) =>
    serverFailures(subject).length > 0 ? null : 'the failure catalog has no server error',
  async run(context) {
    const slug = serverFailures(context.subject)[0];
    const task = await context.task(`fail.${slug}`);
    const attempt = await context.send(task);
    const isFailed = (state: unknown): boolean => state === 'failed';
    return {
      stimulus: `the failure "${slug}"`,
      ack: acknowledged(context.subject, attempt),
      effect: both(
        await probed(context, task.taskId, 'state', isFailed, 'the task is "failed"'),
        await probed(
          context,
          task.taskId,
          'retryable',
          (value) => value === true,
          'the failure is retryable',
        ),
      ),
    };
  },
};
