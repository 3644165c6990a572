import { replaceAt } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { serverFailures } from '../../selections.ts';
import { acknowledged, both, effects, probed } from '../../verdicts.ts';

export const keepsSuccessAfterLateFailure: ReceiverCase = {
  id: 'RCV-ORD-01',
  group: 'Order',
  title: 'A late failure does not undo a success',
  level: 'should',
  requirement:
    'When a failure arrives about a task that has succeeded, it is acknowledged, and the success stays.',
  why: 'Retries overtake one another; the last one to arrive need not be the last one sent.',
  remedy:
    'Let a failure change only tasks that have not succeeded: UPDATE … WHERE state <> \'succeeded\'. A success that follows a failure is still to be processed, so "the first final message wins" would lose it.',
  basis: ['retries'],
  applies: ({ failures }) => (failures.length > 0 ? null : 'the event announces no failure'),
  async run(stage) {
    const slug = serverFailures(stage.subject)[0] ?? stage.subject.failures[0];
    const task = await stage.task();
    const failed = await stage.task(`fail.${slug}`);
    const first = await stage.send(task);
    await stage.quiet();
    const late = replaceAt(failed.body, stage.anatomy.taskId, task.taskId);
    const second = await stage.send(task.with(late));
    // The other way round is no rule, but both must be taken.
    const turned = await stage.task();
    const before = replaceAt(failed.body, stage.anatomy.taskId, turned.taskId);
    const reverse = [await stage.send(turned.with(before)), await stage.send(turned)];
    await stage.quiet();
    stage.note(
      `the other way round, the work was done ${(await stage.effects(turned.taskId)) ?? 'unknown'} times`,
    );
    const state = (value: unknown): boolean => value === 'succeeded' || value === 'success';
    return {
      stimulus: `a success, and then the failure "${slug}" about the same task; and the other way round`,
      ack: acknowledged(stage.subject, first, second, ...reverse),
      effect: both(
        await effects(stage, 1, task.taskId),
        await probed(stage, task.taskId, 'state', state, 'the task stays "succeeded"'),
      ),
    };
  },
};
