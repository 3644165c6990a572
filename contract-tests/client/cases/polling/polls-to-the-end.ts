import { broken, type ClientCase, cannotBeSeen, doesNotApply, kept } from '../../client-case.ts';
import { pollsOf, sawEnd } from '../../questions.ts';

export const pollsToTheEnd: ClientCase = {
  id: 'CLI-POL-06',
  group: 'Polling',
  title: 'A slow task is polled until it ends',
  level: 'must',
  requirement: 'The client goes on polling through every state until the task has ended.',
  why: 'The video is created and paid for, and nobody downloads it.',
  remedy: 'End the loop by the state of the task or by a deadline in minutes, not by a number of polls.',
  basis: ['pollInterval'],
  stimuli: ['long-way'],
  isTimed: true,
  judge(evidence) {
    const expected = 'a slow task is polled until it ends';
    const polled = evidence.tasks.filter(({ id }) => pollsOf(evidence, id).length > 0);
    const [task] = polled;
    if (task === undefined) return doesNotApply(expected, 'The client did not poll.');
    const last = pollsOf(evidence, task.id).at(-1);
    const count = pollsOf(evidence, task.id).length;
    if (sawEnd(evidence, task) !== undefined) return kept(expected, `${count} polls`);
    if (evidence.run === null) return doesNotApply(expected, 'The task is still running.');
    return evidence.run.exitCode === null
      ? cannotBeSeen(
          expected,
          'The time limit came first: let the client poll faster and say by how much (--time-scale), or give a longer --time-limit.',
        )
      : broken(
          expected,
          `it stopped at "${last?.entry.state ?? ''}", after ${count} polls`,
          last === undefined ? [] : [last],
        );
  },
};
