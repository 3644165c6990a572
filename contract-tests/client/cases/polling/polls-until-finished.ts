import { type ClientCase, failed, notApplicable, notObservable, passed } from '../../client-case.ts';
import { sayEnding } from '../../ending.ts';
import { pollsOf, sawEnd } from '../../evidence-queries.ts';
import { count } from '../../wording.ts';

export const pollsUntilFinished: ClientCase = {
  id: 'CLI-POL-06',
  group: 'Polling',
  title: 'The client polls a slow task until it finishes',
  level: 'must',
  requirement: 'The client MUST keep polling through every state until the task has finished.',
  why: 'The video is created and billed but never downloaded.',
  remedy: 'End the loop on a final state or after a deadline of some minutes, not after a number of polls.',
  basis: ['states'],
  stimuli: ['long-way'],
  isTimed: true,
  judge(evidence) {
    const polled = evidence.tasks.filter(({ id }) => pollsOf(evidence, id).length > 0);
    const [task] = polled;
    if (task === undefined) return notApplicable('The client did not poll.');
    const last = pollsOf(evidence, task.id).at(-1);
    const polls = count(pollsOf(evidence, task.id), 'poll');
    if (sawEnd(evidence, task) !== undefined)
      return passed(`the client saw the end of the task after ${polls}`);
    if (evidence.run === null) return notApplicable('The task is still running.');
    return evidence.run.exitCode === null
      ? notObservable(
          `The run was stopped at its time limit. Increase ${evidence.nameOption('timeLimit')}, or let the client poll faster and set ${evidence.nameOption('timeScale')}.`,
        )
      : failed(
          `the client stopped in state "${last?.entry.state ?? ''}" after ${polls}: it ${sayEnding(evidence.run)}`,
          last === undefined ? [] : [last],
        );
  },
};
