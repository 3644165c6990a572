import { PAGES } from '../../../pages.ts';
import type { ClientCase } from '../../client-case.ts';
import { goesOnAfter } from '../../goes-on-after.ts';
import { pollsOf } from '../../questions.ts';

export const survivesFallingBack: ClientCase = {
  id: 'CLI-POL-08',
  group: 'Polling',
  title: 'A task that falls back by a state is polled on',
  level: 'should',
  requirement: 'When a task is queued again after it had begun, the client goes on polling.',
  why: 'Workers die and tasks are queued again; a client that takes that for an error gives up a good task.',
  remedy: 'Do not expect states to come in order.',
  sources: [PAGES.derived],
  stimuli: ['back-and-forth'],
  judge(evidence) {
    const expected = 'a task that falls back by a state is polled on';
    return goesOnAfter(evidence, expected, (call) => {
      const task = evidence.tasks.find(({ id }) => id === call.askedId);
      const states = (task?.plan.steps ?? []).map(({ state }) => state);
      const shown =
        pollsOf(evidence, call.askedId ?? '')
          .filter(({ seq }) => seq < call.seq)
          .at(-1)?.entry.state ?? null;
      const now = call.entry.state;
      return shown !== null && now !== null && states.indexOf(now) < states.indexOf(shown);
    });
  },
};
