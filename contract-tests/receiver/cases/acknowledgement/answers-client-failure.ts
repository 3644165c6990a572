import { acknowledged } from '../../answer-verdicts.ts';
import { clientFailureCodes, inParentheses, retrySchedule } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const answersClientFailure: ReceiverCase = {
  id: 'RCV-ACK-02',
  group: 'Acknowledgement',
  title: 'A failure callback is acknowledged like a success',
  level: 'must',
  requirement:
    'The receiver MUST answer a callback that reports a failed task with the same status as a success; the code in the body is data, not an HTTP status to return.',
  why: {
    general:
      'A receiver that returns the error code of the body as its own status rejects the callback: the vendor retries it and then abandons it.',
    of: (pack) =>
      `A receiver that returns the error code of the body${inParentheses(clientFailureCodes(pack))} as its own status rejects the callback: the vendor sends ${retrySchedule(pack)} and then abandons it.`,
  },
  remedy:
    'Use the HTTP status only to report whether the callback was stored. If storing it fails, answer 5xx so that the vendor retries.',
  basis: ['acknowledgement', 'failureBody'],
  applies: ({ failures }) => (failures.length > 0 ? null : 'the event has no failure callbacks'),
  async run(context) {
    const { pack, failures } = context.subject;
    const slug = failures.find((name) => pack.failures.get(name)?.class === 'moderation') ?? failures[0];
    const attempt = await context.send(await context.task(`fail.${slug}`));
    return { stimulus: `the failure "${slug}"`, ack: acknowledged(context.subject, attempt) };
  },
};
