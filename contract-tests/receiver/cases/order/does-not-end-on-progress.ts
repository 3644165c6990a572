import type { AttemptResult } from '../../../../mock-server/index.ts';
import { acknowledged } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import { knownAsFailed } from '../../probe-verdicts.ts';
import { progressStates, withoutProgress } from '../../progress-states.ts';
import type { CaseContext, ReceiverCase } from '../../receiver-case.ts';
import { both } from '../../verdicts.ts';

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
  async run(context) {
    const spaced = await context.task();
    const attempts = [];
    for (const callback of spaced.callbacks) {
      attempts.push(await context.send(callback));
      // Simulates a retry after a lost answer.
      if (!callback.isFinal) attempts.push(await context.send(callback));
      await context.quiet();
    }
    const hurried = await context.task();
    for (const callback of hurried.callbacks) attempts.push(await context.send(callback));
    const failed = await failureAfterProgress(context);
    const states = progressStates(context.subject).join(', ');
    const effect = await effects(context, 1, spaced.taskId, hurried.taskId);
    return {
      stimulus: `two successes${failed === null ? '' : ' and a failure'} with all their callbacks: ${states} and the final state; the progress callbacks of the first success are sent twice`,
      ack: acknowledged(context.subject, ...attempts, ...(failed?.attempts ?? [])),
      effect: failed === null ? effect : both(effect, failed.effect),
    };
  },
};

/** Sends the callbacks of a task that fails after progress. Returns null if the event has no failures or the state cannot be probed. */
async function failureAfterProgress(context: CaseContext) {
  const [slug] = context.subject.failures;
  if (slug === undefined || !context.subject.hasProbe) return null;
  const { taskId, callbacks } = await context.task(`fail.${slug}`);
  const attempts: AttemptResult[] = [];
  for (const callback of callbacks) attempts.push(await context.send(callback));
  return { attempts, effect: await knownAsFailed(context, taskId) };
}
