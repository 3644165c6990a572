import { acknowledged } from '../../answer-verdicts.ts';
import { nameTask } from '../../callback-shape.ts';
import { effects } from '../../effect-verdicts.ts';
import { probed } from '../../probe-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { serverFailures } from '../../selections.ts';
import { both } from '../../verdicts.ts';

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
  async run(context) {
    const slug = serverFailures(context.subject)[0] ?? context.subject.failures[0];
    const task = await context.task();
    const failed = await context.task(`fail.${slug}`);
    const first = await context.send(task);
    await context.quiet();
    const late = nameTask(failed.body, context.shape, task.namedId);
    const second = await context.send(task.with(late));
    // The reverse order has no required effect, but both callbacks must be acknowledged.
    const reversed = await context.task();
    const before = nameTask(failed.body, context.shape, reversed.namedId);
    const reverse = [await context.send(reversed.with(before)), await context.send(reversed)];
    await context.quiet();
    context.note(
      `in reverse order, the number of times the work was done: ${(await context.effects(reversed.taskId)) ?? 'unknown'}`,
    );
    const state = (value: unknown): boolean => value === 'succeeded' || value === 'success';
    return {
      stimulus: `a success and then the failure "${slug}" for the same task, and both in reverse order for another task`,
      ack: acknowledged(context.subject, first, second, ...reverse),
      effect: both(
        await effects(context, 1, task.taskId),
        await probed(context, task.taskId, 'state', state, 'the task remains "succeeded"'),
      ),
    };
  },
};
