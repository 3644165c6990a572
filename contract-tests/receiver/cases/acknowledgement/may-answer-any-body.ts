import type { ReceiverCase } from '../../receiver-case.ts';
import { describe, holds, inDoubt } from '../../verdicts.ts';

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
  async run(stage) {
    const passage = await stage.send(await stage.task());
    const shown = passage.answer === '' ? 'no body' : JSON.stringify(passage.answer.slice(0, 80));
    const expected = 'any body, or none';
    return {
      stimulus: 'one success',
      ack: inDoubt(holds(passage.outcome === 'acknowledged', expected, `${describe(passage)}, ${shown}`)),
    };
  },
};
