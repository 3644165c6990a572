import { answeredHandshake } from '../../answer-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const answersHandshake: ReceiverCase = {
  id: 'RCV-ACK-06',
  group: 'Acknowledgement',
  title: 'The receiver answers the handshake',
  level: 'must',
  requirement:
    'The receiver MUST answer the handshake of a new callback URL with the fields that the vendor expects, in time.',
  why: 'A vendor with a handshake sends no callbacks to a URL that does not answer it.',
  remedy:
    'Recognize the request of the handshake before the body is treated as a callback, and return its challenge as JSON.',
  basis: ['handshake'],
  applies: ({ pack }) => (pack.handshake === null ? 'the vendor has no handshake' : null),
  async run(context) {
    const attempt = await context.handshake();
    return { stimulus: 'a handshake', ack: answeredHandshake(context.subject, attempt) };
  },
};
