import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged } from '../../verdicts.ts';

export const answersSuccess: ReceiverCase = {
  id: 'RCV-ACK-01',
  group: 'Acknowledgement',
  title: 'A success is acknowledged',
  level: 'must',
  requirement:
    'A receiver answers a callback with the status the vendor asks for, and the whole of its answer arrives before the ack timeout.',
  why: 'Any other answer counts as a failed delivery: the vendor sends the callback again, and gives up after the last retry.',
  remedy:
    'Store the callback, answer with a few bytes, and work afterwards. An answer before the callback is stored loses it when the process ends in between.',
  basis: ['acknowledgement'],
  async run(stage) {
    const passage = await stage.send(await stage.task());
    return { stimulus: 'one success', ack: acknowledged(stage.subject, passage) };
  },
};
