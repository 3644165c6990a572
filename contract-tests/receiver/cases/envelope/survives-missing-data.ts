import { removeAt, replaceAt } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { survived } from '../../verdicts.ts';

export const survivesMissingData: ReceiverCase = {
  id: 'RCV-ENV-05',
  group: 'Envelope',
  title: 'A failure without its data object breaks nothing',
  level: 'should',
  requirement:
    'A failure whose data object is null or missing is acknowledged or refused in time, and the receiver goes on.',
  why: 'Reading a field of nothing throws; in some frameworks that ends the process.',
  remedy:
    'Check that the object exists before you read from it. Acknowledge the callback, or answer 4xx: an answer of 5xx brings it back unchanged.',
  basis: ['callbackBody'],
  // A receiver that crashes on it must be known to have crashed on this.
  alone: true,
  applies: ({ failures, anatomy }) =>
    failures.length > 0 && anatomy.envelope !== null ? null : 'the task id stands at the top of the body',
  async run(stage) {
    const slug = stage.subject.failures[0];
    const [envelope = []] = [stage.anatomy.envelope ?? []];
    const first = await stage.task(`fail.${slug}`);
    const second = await stage.task(`fail.${slug}`);
    const passages = [
      await stage.send(first.with(replaceAt(first.body, [envelope], null))),
      await stage.send(second.with(removeAt(second.body, [envelope]))),
      await stage.send(await stage.task()),
    ];
    return {
      stimulus: 'a failure whose data object is null, one without it, and a good callback',
      ack: survived(stage.subject, 'a callback without its data', ...passages),
    };
  },
};
