import type { AttemptResult } from '../../../../mock-server/index.ts';
import { progressStates, withoutProgress } from '../../progress-states.ts';
import type { ReceiverCase, Stage } from '../../receiver-case.ts';
import { acknowledged, both, effects, knownAsFailed } from '../../verdicts.ts';

export const doesNotEndOnProgress: ReceiverCase = {
  id: 'RCV-ORD-05',
  group: 'Order',
  title: 'A progress callback is not treated as the end of a task',
  level: 'must',
  requirement:
    'The receiver MUST acknowledge progress callbacks and their duplicates, keep the task open, and do the work once after the final callback.',
  why: 'A receiver that claims the task id with the first callback treats the final one, which has the video, as a duplicate. Every video is lost although every callback was acknowledged.',
  remedy:
    'Check the state first. Record progress, and claim the task only when its state is final: the deduplication key is the task id together with its final state.',
  basis: ['progressCallbacks', 'retries'],
  applies: withoutProgress,
  async run(stage) {
    const spaced = await stage.task();
    const attempts = [];
    for (const callback of spaced.callbacks) {
      attempts.push(await stage.send(callback));
      // Simulates a retry after a lost answer.
      if (!callback.isFinal) attempts.push(await stage.send(callback));
      await stage.quiet();
    }
    const hurried = await stage.task();
    for (const callback of hurried.callbacks) attempts.push(await stage.send(callback));
    const failed = await failureAfterProgress(stage);
    const states = progressStates(stage.subject).join(', ');
    const effect = await effects(stage, 1, spaced.taskId, hurried.taskId);
    return {
      stimulus: `two successes${failed === null ? '' : ' and a failure'} with all their callbacks: ${states} and the final state; the progress callbacks of the first success are sent twice`,
      ack: acknowledged(stage.subject, ...attempts, ...(failed?.attempts ?? [])),
      effect: failed === null ? effect : both(effect, failed.effect),
    };
  },
};

/** Sends the callbacks of a task that fails after progress. Returns null if the event has no failures or the state cannot be probed. */
async function failureAfterProgress(stage: Stage) {
  const [slug] = stage.subject.failures;
  if (slug === undefined || !stage.subject.hasProbe) return null;
  const { taskId, callbacks } = await stage.task(`fail.${slug}`);
  const attempts: AttemptResult[] = [];
  for (const callback of callbacks) attempts.push(await stage.send(callback));
  return { attempts, effect: await knownAsFailed(stage, taskId) };
}
