import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { inDoubt, passedIf } from '../../verdicts.ts';
import { whyNotSubmitted } from '../../why-not-submitted.ts';

export const acceptsCallbackBeforeCreateResponse: ReceiverCase = {
  id: 'RCV-ORD-02',
  group: 'Order',
  title: 'A callback that arrives before the create response is accepted',
  level: 'should',
  requirement:
    'The application SHOULD acknowledge and process a callback for a task whose id it has not received yet.',
  why: 'Short tasks end before the create call returns; a receiver that answers 404 for unknown ids loses them.',
  remedy:
    'Acknowledge and store callbacks for unknown tasks, and check this store when a create call returns. Delete unclaimed callbacks after a day, because anyone can send them.',
  basis: [
    {
      derived:
        'A vendor can finish a task and send its callback before the response to the create call arrives.',
    },
  ],
  alone: true,
  applies: whyNotSubmitted,
  async run(context) {
    const own = await context.submitted('callback.before-response');
    const effect = await effects(context, 1, own.taskId);
    const attempt = own.firstAttempt();
    const what =
      attempt === null ? 'the callback was not sent' : `${attempt.outcome}, HTTP ${attempt.status}`;
    return {
      stimulus: 'a task that your system creates, whose callback is sent before the create response',
      ack: inDoubt(passedIf(attempt?.outcome === 'acknowledged', 'the callback is acknowledged', what)),
      effect,
    };
  },
};
