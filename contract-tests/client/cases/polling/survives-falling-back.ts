import type { ClientCase } from '../../client-case.ts';
import { goesOnAfter } from '../../goes-on-after.ts';
import { previousPollOf, taskOf } from '../../questions.ts';

export const survivesFallingBack: ClientCase = {
  id: 'CLI-POL-08',
  group: 'Polling',
  title: 'A task that returns to an earlier state is still polled',
  level: 'should',
  requirement: 'When a task is queued again after it had started, the client keeps polling.',
  why: 'Workers crash and tasks are queued again; a client that treats that as an error abandons a good task.',
  remedy: 'Do not rely on the order of states.',
  basis: ['pollInterval'],
  stimuli: ['back-and-forth'],
  judge(evidence) {
    const expected = 'a task that returns to an earlier state is still polled';
    return goesOnAfter(evidence, expected, (call) => {
      const shown = previousPollOf(evidence, call)?.entry.state ?? null;
      const now = call.entry.state;
      if (shown === null || now === null || shown === now) return false;
      const task = taskOf(evidence, call.askedId);
      const states = (task?.plan.steps ?? []).map(({ state }) => state);
      return states.indexOf(now) < states.indexOf(shown);
    });
  },
};
