import type { ReceiverCase } from '../../receiver-case.ts';
import { effects, holds, inDoubt } from '../../verdicts.ts';

export const takesCallbackBeforeCreateAnswer: ReceiverCase = {
  id: 'RCV-ORD-02',
  group: 'Order',
  title: 'A callback may come before the answer to the create call',
  level: 'should',
  requirement:
    'A callback about a task whose id the application has not been told yet is acknowledged and not lost.',
  why: 'Short tasks end before the create call has returned; a receiver that answers 404 for unknown ids loses them.',
  remedy:
    'Acknowledge and store callbacks about unknown tasks, and look there when a create call returns. Remove what is never claimed after a day: anybody can send such callbacks.',
  basis: ['retries'],
  alone: true,
  applies: ({ canSubmit }) =>
    canSubmit
      ? null
      : 'give --submit, a URL or a command that makes your system create a task at the mock (--api-port)',
  async run(stage) {
    const own = await stage.submitted('callback.before-response');
    const effect = await effects(stage, 1, own.taskId);
    const attempt = own.firstAttempt();
    const what = attempt === null ? 'no callback was sent' : `${attempt.outcome}, HTTP ${attempt.status}`;
    return {
      stimulus: 'a task of the system itself, whose callback comes before its create answer',
      ack: inDoubt(holds(attempt?.outcome === 'acknowledged', 'the callback is acknowledged', what)),
      effect,
    };
  },
};
