import { PAGES } from '../../../pages.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged } from '../../verdicts.ts';

export const answersSuccess: ReceiverCase = {
  id: 'RCV-ACK-01',
  group: 'Acknowledgement',
  title: 'A success callback is acknowledged',
  level: 'must',
  requirement:
    'The receiver must answer a callback with the status that the vendor requires, and complete the answer within the ack timeout.',
  why: 'The vendor treats any other answer as a failed delivery: it retries, and abandons the callback after the last retry.',
  remedy:
    'Store the callback, send a short answer, and process it afterward. Answering before the callback is stored loses it if the process ends in between.',
  sources: [PAGES.extend],
  async run(stage) {
    const passage = await stage.send(await stage.task());
    return { stimulus: 'one success', ack: acknowledged(stage.subject, passage) };
  },
};
