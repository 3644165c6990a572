import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged } from '../../verdicts.ts';

export const doesNotRedirect: ReceiverCase = {
  id: 'RCV-ACK-04',
  group: 'Acknowledgement',
  title: 'The answer is no redirect',
  level: 'must',
  requirement:
    'The receiver answers at the URL itself. Redirects are not followed, and another 2xx than the one asked for may count as a failure.',
  why: 'A redirect to https or to a path with a slash at its end looks like a working receiver in a browser and loses every callback.',
  remedy: 'Register the URL that really answers, or remove the redirect for it.',
  basis: ['acknowledgement'],
  async run(stage) {
    const passage = await stage.send(await stage.task());
    return { stimulus: 'one success', ack: acknowledged(stage.subject, passage) };
  },
};
