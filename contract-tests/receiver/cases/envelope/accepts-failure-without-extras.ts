import { type JsonValue, removeAt, replaceAt, valueAt } from '../../anatomy.ts';
import { emptyLike } from '../../failure-forms.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, knownAsFailed } from '../../verdicts.ts';

export const acceptsFailureWithoutExtras: ReceiverCase = {
  id: 'RCV-ENV-04',
  group: 'Envelope',
  title: 'A failure may lack what a success has',
  level: 'must',
  requirement: 'Fields of a failure other than its task id and its result may be missing or empty.',
  why: 'The pages disagree about which fields a failure carries.',
  remedy: 'Require only the task id and the result of a failure, and treat every other field as optional.',
  basis: ['callbackBody'],
  applies: ({ failures, anatomy }) =>
    failures.length > 0 && anatomy.extras.length > 0 ? null : 'a failure has every field that a success has',
  async run(stage) {
    const slug = stage.subject.failures[0];
    const bare = await stage.task(`fail.${slug}`);
    const full = await stage.task(`fail.${slug}`);
    const { body: success } = await stage.task();
    const { extras } = stage.anatomy;
    const filled = extras.reduce<JsonValue>(
      (body, place) => replaceAt(body, [place], emptyLike(valueAt(success, place))),
      full.body,
    );
    const passages = [
      await stage.send(bare.with(removeAt(bare.body, extras))),
      await stage.send(full.with(filled)),
    ];
    return {
      stimulus: 'a failure without the fields that a success has, and one where they are empty',
      ack: acknowledged(stage.subject, ...passages),
      ...(stage.subject.hasProbe ? { effect: await knownAsFailed(stage, bare.taskId, full.taskId) } : {}),
    };
  },
};
