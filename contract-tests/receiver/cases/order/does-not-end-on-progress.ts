import type { Passage } from '../../../../mock-server/index.ts';
import { progressStates, withoutProgress } from '../../progress-states.ts';
import type { ReceiverCase, Stage } from '../../receiver-case.ts';
import { acknowledged, both, effects, knownAsFailed } from '../../verdicts.ts';

export const doesNotEndOnProgress: ReceiverCase = {
  id: 'RCV-ORD-05',
  group: 'Order',
  title: 'A progress callback does not count as the end',
  level: 'must',
  requirement:
    'Callbacks that announce progress are acknowledged, duplicates included, and leave the task open. The work is done once, after the callback that announces the end.',
  why: 'A receiver that claims the task id with the first callback takes the last one, which has the video, for a duplicate. Every video is lost, and every callback was answered 200.',
  remedy:
    'Look at the state first. Record progress, and claim the task only when its state is final: the key of de-duplication is the task id together with its final state.',
  basis: ['retries'],
  applies: withoutProgress,
  async run(stage) {
    const spaced = await stage.task();
    const passages = [];
    for (const callback of spaced.callbacks) {
      passages.push(await stage.send(callback));
      // Retries of a callback that announces progress: the answer was lost.
      if (!callback.isFinal) passages.push(await stage.send(callback));
      await stage.quiet();
    }
    const hurried = await stage.task();
    for (const callback of hurried.callbacks) passages.push(await stage.send(callback));
    const failed = await failureAfterProgress(stage);
    const states = progressStates(stage.subject).join(', ');
    const effect = await effects(stage, 1, spaced.taskId, hurried.taskId);
    return {
      stimulus: `two successes${failed === null ? '' : ' and a failure'} with all of their callbacks: ${states} and the end; for the first, each progress callback twice`,
      ack: acknowledged(stage.subject, ...passages, ...(failed?.passages ?? [])),
      effect: failed === null ? effect : both(effect, failed.effect),
    };
  },
};

/** The callbacks of a task that fails on its way; null where nobody could say that it is known as failed. */
async function failureAfterProgress(stage: Stage) {
  const [slug] = stage.subject.failures;
  if (slug === undefined || !stage.subject.hasProbe) return null;
  const { taskId, callbacks } = await stage.task(`fail.${slug}`);
  const passages: Passage[] = [];
  for (const callback of callbacks) passages.push(await stage.send(callback));
  return { passages, effect: await knownAsFailed(stage, taskId) };
}
