import { survived } from '../../answer-verdicts.ts';
import { removeAt, replaceAt } from '../../callback-shape.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const survivesMissingData: ReceiverCase = {
  id: 'RCV-ENV-05',
  group: 'Envelope',
  title: 'A failure without its data object is handled',
  level: 'should',
  requirement:
    'The receiver SHOULD answer a failure whose data object is null or missing with an acknowledgement or 4xx in time, and SHOULD keep working.',
  why: 'Reading a field of a missing object throws; in some frameworks, the error ends the process.',
  remedy:
    'Check that the object exists before you read from it. Acknowledge the callback, or answer 4xx: after a 5xx, the vendor sends it again unchanged.',
  basis: [
    'failureBody',
    {
      derived:
        'A callback without its data object is not documented; the case tests that it does not stop the receiver.',
    },
  ],
  // Runs alone, so that a crash of the receiver can be attributed to this case.
  alone: true,
  applies: ({ failures, shape }) =>
    failures.length > 0 && shape.envelope !== null
      ? null
      : 'the task id is at the top level of the body, or the event has no failure callbacks',
  async run(context) {
    const slug = context.subject.failures[0];
    const [envelope = []] = [context.shape.envelope ?? []];
    const first = await context.task(`fail.${slug}`);
    const second = await context.task(`fail.${slug}`);
    const attempts = [
      await context.send(first.with(replaceAt(first.body, [envelope], null))),
      await context.send(second.with(removeAt(second.body, [envelope]))),
      await context.send(await context.task()),
    ];
    return {
      stimulus: 'a failure whose data object is null, one without a data object, and a valid callback',
      ack: survived(context.subject, 'a callback without a data object', ...attempts),
    };
  },
};
