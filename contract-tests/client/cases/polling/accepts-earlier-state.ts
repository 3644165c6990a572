import type { ClientCase } from '../../client-case.ts';
import { previousPollOf, taskOf } from '../../evidence-queries.ts';
import { pollsAgainAfter } from '../../polls-again-after.ts';

export const acceptsEarlierState: ClientCase = {
  id: 'CLI-POL-08',
  group: 'Polling',
  title: 'The client keeps polling a task that returns to an earlier state',
  level: 'should',
  requirement: 'When a task returns to an earlier state, the client SHOULD keep polling.',
  why: 'A vendor may queue a task again after a worker crashes. A client that treats this as an error abandons a valid task.',
  remedy: 'Do not rely on the order of states.',
  basis: ['states', { derived: 'A vendor can queue a task again after a worker crashes.' }],
  stimuli: ['back-and-forth'],
  judge(evidence) {
    return pollsAgainAfter(evidence, (call) => {
      const shown = previousPollOf(evidence, call)?.entry.state ?? null;
      const now = call.entry.state;
      if (shown === null || now === null || shown === now) return false;
      const task = taskOf(evidence, call.askedId);
      const states = (task?.plan.steps ?? []).map(({ state }) => state);
      return states.indexOf(now) < states.indexOf(shown);
    });
  },
};
