import { PAGES } from '../../../pages.ts';
import { removeAt, replaceAt } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, knownAsFailed } from '../../verdicts.ts';

export const acceptsFailureWithoutExtras: ReceiverCase = {
  id: 'RCV-ENV-04',
  group: 'Envelope',
  title: 'A failure may lack what a success has',
  level: 'must',
  requirement: 'Fields beside the task id may be missing from a failure, or there.',
  why: 'The pages disagree about which fields a failure carries.',
  remedy: 'Require the task id and the code, and nothing else, of a failure.',
  sources: [PAGES.extend, PAGES.generate],
  applies: ({ failures, anatomy }) =>
    failures.length > 0 && anatomy.extras.length > 0 ? null : 'a failure has every field that a success has',
  async run(stage) {
    const slug = stage.subject.failures[0];
    const bare = await stage.task(`fail.${slug}`);
    const full = await stage.task(`fail.${slug}`);
    const { extras } = stage.anatomy;
    const passages = [
      await stage.send(bare.with(removeAt(bare.body, extras))),
      await stage.send(full.with(replaceAt(full.body, extras, 'there'))),
    ];
    return {
      stimulus: 'a failure without the fields that a success has, and one with them',
      ack: acknowledged(stage.subject, ...passages),
      ...(stage.subject.hasProbe ? { effect: await knownAsFailed(stage, bare.taskId, full.taskId) } : {}),
    };
  },
};
