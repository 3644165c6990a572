import { broken, type ClientCase, cannotBeSeen, doesNotApply, kept } from '../../client-case.ts';
import { pollsOf, sawEnd } from '../../questions.ts';
import { count } from '../../wording.ts';

export const pollsToTheEnd: ClientCase = {
  id: 'CLI-POL-06',
  group: 'Polling',
  title: 'The client polls a slow task until it finishes',
  level: 'must',
  requirement: 'The client MUST keep polling through every state until the task has finished.',
  why: 'The video is created and billed but never downloaded.',
  remedy: 'End the loop on a final state or after a deadline of some minutes, not after a number of polls.',
  sources: [PAGES.detail, PAGES.feed],
  stimuli: ['long-way'],
  isTimed: true,
  judge(evidence) {
    const polled = evidence.tasks.filter(({ id }) => pollsOf(evidence, id).length > 0);
    const [task] = polled;
    if (task === undefined) return doesNotApply('The client did not poll.');
    const last = pollsOf(evidence, task.id).at(-1);
    const polls = count(pollsOf(evidence, task.id), 'poll');
    if (sawEnd(evidence, task) !== undefined) return kept(`the client saw the end of the task after ${polls}`);
    if (evidence.run === null) return doesNotApply('The task is still running.');
    return evidence.run.exitCode === null
      ? cannotBeSeen(
          'The run was stopped at its time limit. Use a longer --time-limit, or let the client poll faster and set --time-scale.',
        )
      : broken(
          `the client stopped in state "${last?.entry.state ?? ''}" after ${polls}`,
          last === undefined ? [] : [last],
        );
  },
};
