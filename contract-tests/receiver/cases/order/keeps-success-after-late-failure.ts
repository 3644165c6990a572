import { replaceAt } from '../../callback-shape.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { serverFailures } from '../../selections.ts';
import { acknowledged, both, effects, probed } from '../../verdicts.ts';

export const keepsSuccessAfterLateFailure: ReceiverCase = {
  id: 'RCV-ORD-01',
  group: 'Order',
  title: 'A late failure does not undo a success',
  level: 'should',
  requirement:
    'The receiver SHOULD acknowledge a failure that arrives for a succeeded task, and keep the success.',
  why: 'Retries overtake one another, so the last callback to arrive is not always the last one sent.',
  remedy:
    'Let a failure change only tasks that have not succeeded: UPDATE … WHERE state <> \'succeeded\'. Process a success that follows a failure: a rule such as "the first final callback wins" would lose it.',
  basis: [
    'retries',
    { derived: 'Attempts can overtake one another on the network, so callbacks can arrive out of order.' },
  ],
  applies: ({ failures }) => (failures.length > 0 ? null : 'the event has no failure callbacks'),
  async run(stage) {
    const slug = serverFailures(stage.subject)[0] ?? stage.subject.failures[0];
    const task = await stage.task();
    const failed = await stage.task(`fail.${slug}`);
    const first = await stage.send(task);
    await stage.quiet();
    const late = replaceAt(failed.body, stage.shape.taskId, task.taskId);
    const second = await stage.send(task.with(late));
    // The reverse order has no required effect, but both callbacks must be acknowledged.
    const reversed = await stage.task();
    const before = replaceAt(failed.body, stage.shape.taskId, reversed.taskId);
    const reverse = [await stage.send(reversed.with(before)), await stage.send(reversed)];
    await stage.quiet();
    stage.note(
      `in reverse order, the number of times the work was done: ${(await stage.effects(reversed.taskId)) ?? 'unknown'}`,
    );
    const state = (value: unknown): boolean => value === 'succeeded' || value === 'success';
    return {
      stimulus: `a success and then the failure "${slug}" for the same task, and both in reverse order for another task`,
      ack: acknowledged(stage.subject, first, second, ...reverse),
      effect: both(
        await effects(stage, 1, task.taskId),
        await probed(stage, task.taskId, 'state', state, 'the task remains "succeeded"'),
      ),
    };
  },
};
