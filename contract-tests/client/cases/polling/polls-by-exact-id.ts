import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { pollsIn } from '../../questions.ts';

export const pollsByExactId: ClientCase = {
  id: 'CLI-POL-01',
  group: 'Polling',
  title: 'Polls name the task by the id that was given',
  level: 'must',
  requirement: 'Each poll has the id from the answer to the submission, unchanged.',
  why: 'A cut or made-up id finds nothing, or somebody else’s task.',
  remedy: 'Keep the id as text, and encode it for the place it goes to.',
  sources: [PAGES.detail],
  stimuli: ['plain', 'silent'],
  judge(evidence) {
    const expected = 'polls name the task by the id that was given';
    const polls = pollsIn(evidence);
    if (polls.length === 0) return doesNotApply(expected, 'The client did not poll.');
    const issued = new Set(evidence.tasks.map(({ id }) => id));
    const astray = polls.filter(({ askedId }) => !issued.has(askedId ?? ''));
    return astray.length === 0
      ? kept(expected, `${polls.length} polls`)
      : broken(expected, `it polls for "${astray[0]?.askedId ?? ''}"`, astray);
  },
};
