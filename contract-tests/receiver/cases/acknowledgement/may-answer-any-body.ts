import type { ReceiverCase } from '../../receiver-case.ts';
import { describe, holds, inDoubt } from '../../verdicts.ts';

export const mayAnswerAnyBody: ReceiverCase = {
  id: 'RCV-ACK-05',
  group: 'Acknowledgement',
  title: 'The body of the answer does not matter',
  level: 'info',
  requirement: 'Any body, or none, will do: only the status and the time are looked at.',
  why: 'Nothing breaks; this says what your receiver sends.',
  remedy: 'Nothing to fix.',
  basis: ['acknowledgement'],
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
