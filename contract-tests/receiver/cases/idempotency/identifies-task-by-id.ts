import { reverseKeys } from '../../callback-shape.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { signatureVerdict, wasRejectedAsForged } from '../../signature-forms.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const identifiesTaskById: ReceiverCase = {
  id: 'RCV-IDM-05',
  group: 'Idempotency',
  title: 'Tasks are identified by id, not by the bytes of the body',
  level: 'should',
  requirement:
    'The receiver SHOULD treat two callbacks of one task as duplicates although the order of their keys and their whitespace differ.',
  why: 'A hash of the body differs between two deliveries with the same content.',
  remedy:
    'Parse the body, and use the task id together with its final state as the key. A progress callback must not claim the key.',
  basis: [
    'callbackBody',
    {
      derived:
        'RFC 8259, sections 1 and 2: whitespace and the order of keys do not change the value of a JSON text.',
    },
  ],
  async run(stage) {
    const task = await stage.task();
    const first = await stage.send(task);
    await stage.quiet();
    const second = await stage.send(task.with(JSON.stringify(reverseKeys(task.body), null, 2)));
    const stimulus = 'the same callback with different whitespace and its keys in reverse order';
    if (wasRejectedAsForged(stage.subject, second)) {
      return { stimulus, ack: signatureVerdict('both callbacks are acknowledged') };
    }
    return {
      stimulus,
      ack: acknowledged(stage.subject, first, second),
      effect: await effects(stage, 1, task.taskId),
    };
  },
};
