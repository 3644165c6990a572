import { callIndexOf } from '../../call-index.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { pollsIn } from '../../questions.ts';

export const pollsByExactId: ClientCase = {
  id: 'CLI-POL-01',
  group: 'Polling',
  title: 'Polls use exactly the task id that the vendor returned',
  level: 'must',
  requirement: 'Each poll has the id from the answer to the submission, unchanged.',
  why: 'A changed id finds nothing, or somebody else’s task.',
  remedy: 'Keep the id as text, and encode it for its place in the URL.',
  basis: ['pollInterval'],
  stimuli: ['plain', 'silent'],
  judge(evidence) {
    const expected = 'polls use exactly the task id that the vendor returned';
    const polls = pollsIn(evidence);
    if (polls.length === 0) return doesNotApply(expected, 'The client did not poll.');
    const issued = new Set(evidence.tasks.map(({ id }) => id));
    const isAstray = [...callIndexOf(evidence.calls).pollsById.keys()].some((id) => !issued.has(id));
    // Where every id that was asked for is right, only polls that name none can be wrong.
    const astray = polls.filter(({ askedId }) => askedId === null || (isAstray && !issued.has(askedId)));
    return astray.length === 0
      ? kept(expected, `${polls.length} polls`)
      : broken(expected, `it polls for "${astray[0]?.askedId ?? ''}"`, astray);
  },
};
