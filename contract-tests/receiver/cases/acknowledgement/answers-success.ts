import { acknowledged } from '../../answer-verdicts.ts';
import { ackRule, retrySchedule } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const answersSuccess: ReceiverCase = {
  id: 'RCV-ACK-01',
  group: 'Acknowledgement',
  title: 'A success callback is acknowledged',
  level: 'must',
  requirement: {
    general:
      'The receiver MUST answer a callback with the status that the vendor requires, and complete the answer within the ack timeout.',
    of: (pack) =>
      `The receiver MUST answer a callback with ${ackRule(pack)}, measured to the end of the answer.`,
  },
  why: {
    general:
      'The vendor treats any other answer as a failed delivery: it retries, and abandons the callback after the last retry.',
    of: (pack) =>
      `The vendor treats any other answer as a failed delivery, and abandons the callback after ${retrySchedule(pack)}.`,
  },
  remedy:
    'Store the callback, send a short answer, and process it afterward. Answering before the callback is stored loses it if the process ends in between.',
  basis: ['acknowledgement', 'ackTimeout', 'retries'],
  async run(context) {
    const attempt = await context.send(await context.task());
    return { stimulus: 'one success', ack: acknowledged(context.subject, attempt) };
  },
};
