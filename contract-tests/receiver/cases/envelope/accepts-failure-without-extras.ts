import { acknowledged } from '../../answer-verdicts.ts';
import { type JsonValue, removeAt, replaceAt, valueAt } from '../../callback-shape.ts';
import { emptyLike } from '../../failure-forms.ts';
import { knownAsFailed } from '../../probe-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const acceptsFailureWithoutExtras: ReceiverCase = {
  id: 'RCV-ENV-04',
  group: 'Envelope',
  title: 'A failure without success-only fields is accepted',
  level: 'must',
  requirement:
    'The receiver MUST accept a failure in which every field except the task id and the result code or state is missing or empty.',
  why: 'A failure does not have media, and vendors omit or empty the fields that describe them.',
  remedy:
    'Require only the task id and the result code or state of a failure, and treat every other field as optional.',
  basis: ['failureBody'],
  applies: ({ failures, shape }) =>
    failures.length > 0 && shape.extras.length > 0
      ? null
      : 'failures of this event have every field of a success',
  async run(context) {
    const slug = context.subject.failures[0];
    const bare = await context.task(`fail.${slug}`);
    const full = await context.task(`fail.${slug}`);
    const { body: success } = await context.task();
    const { extras } = context.shape;
    const filled = extras.reduce<JsonValue>(
      (body, place) => replaceAt(body, [place], emptyLike(valueAt(success, place))),
      full.body,
    );
    const attempts = [
      await context.send(bare.with(removeAt(bare.body, extras))),
      await context.send(full.with(filled)),
    ];
    return {
      stimulus: 'a failure without the success-only fields, and one in which they are empty',
      ack: acknowledged(context.subject, ...attempts),
      ...(context.subject.hasProbe ? { effect: await knownAsFailed(context, bare.taskId, full.taskId) } : {}),
    };
  },
};
