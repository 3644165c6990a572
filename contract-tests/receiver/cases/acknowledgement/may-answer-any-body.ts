import type { ReceiverCase } from '../../receiver-case.ts';
import { answerVerdict, describe, inDoubt } from '../../verdicts.ts';

export const mayAnswerAnyBody: ReceiverCase = {
  id: 'RCV-ACK-05',
  group: 'Acknowledgement',
  title: 'Any response body is accepted',
  level: 'info',
  requirement: 'The receiver may answer with any body or none; only the status and the time count.',
  why: 'This case cannot fail; it shows what the receiver sends.',
  remedy: 'Nothing to fix.',
  basis: [
    'acknowledgement',
    {
      derived:
        'The acknowledgement depends on the status and the time; a required response body is not documented.',
    },
  ],
  applies: ({ event }) =>
    event.delivery.ackBody === null ? null : 'the vendor requires a body, which the other cases check',
  async run(context) {
    const attempt = await context.send(await context.task());
    const shown = attempt.answer === '' ? 'no body' : JSON.stringify(attempt.answer.slice(0, 80));
    const expected = 'any body, or none';
    return {
      stimulus: 'one success',
      ack: inDoubt(
        answerVerdict(
          attempt.outcome === 'acknowledged' ? 'passed' : 'failed',
          expected,
          attempt,
          `${describe(attempt)}, ${shown}`,
        ),
      ),
    };
  },
};
