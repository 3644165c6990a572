import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged } from '../../verdicts.ts';

export const answersClientFailure: ReceiverCase = {
  id: 'RCV-ACK-02',
  group: 'Acknowledgement',
  title: 'A failure is acknowledged like a success',
  level: 'must',
  requirement:
    'A callback that reports a failure of the task is answered with the same status: the code in its body is no HTTP status to be mirrored.',
  why: 'A receiver that answers 400 because the body says 400 is called again and again, and at last never more.',
  remedy:
    'Let the HTTP status say whether the callback was stored, whatever its body reports. Where storing fails, answer 5xx: then it is sent again.',
  basis: ['acknowledgement'],
  applies: ({ failures }) => (failures.length > 0 ? null : 'the event announces no failure'),
  async run(stage) {
    const { pack, failures } = stage.subject;
    const slug = failures.find((name) => pack.failures.get(name)?.class === 'moderation') ?? failures[0];
    const passage = await stage.send(await stage.task(`fail.${slug}`));
    return { stimulus: `the failure "${slug}"`, ack: acknowledged(stage.subject, passage) };
  },
};
