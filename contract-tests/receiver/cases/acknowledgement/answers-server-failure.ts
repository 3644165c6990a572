import { acknowledged } from '../../answer-verdicts.ts';
import { inParentheses, retrySchedule, serverFailureCodes } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { serverFailures } from '../../selections.ts';

export const answersServerFailure: ReceiverCase = {
  id: 'RCV-ACK-03',
  group: 'Acknowledgement',
  title: 'A callback that reports a vendor server error is acknowledged',
  level: 'must',
  requirement:
    "The receiver MUST answer a callback whose body carries the vendor's server error as it answers a success.",
  why: {
    general:
      'A receiver that returns the error code of the body as its own status makes the vendor retry a callback that cannot change.',
    of: (pack) =>
      `A receiver that returns the error code of the body${inParentheses(serverFailureCodes(pack))} as its own status makes the vendor retry a callback that cannot change: ${retrySchedule(pack)}.`,
  },
  remedy:
    'Treat the code in the body as data, and do not throw because of it. Answer 5xx only for your own errors, such as an unavailable database.',
  basis: ['acknowledgement', 'failureBody'],
  applies: (subject) =>
    serverFailures(subject).length > 0 ? null : 'the failure catalog has no server error',
  async run(context) {
    const slug = serverFailures(context.subject)[0];
    const attempt = await context.send(await context.task(`fail.${slug}`));
    return { stimulus: `the failure "${slug}"`, ack: acknowledged(context.subject, attempt) };
  },
};
