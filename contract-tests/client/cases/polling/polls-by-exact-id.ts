import { callIndexOf } from '../../call-index.ts';
import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { pollsIn } from '../../evidence-queries.ts';
import { count } from '../../wording.ts';

export const pollsByExactId: ClientCase = {
  id: 'CLI-POL-01',
  group: 'Polling',
  title: 'Polls use the task id exactly as the vendor returned it',
  level: 'must',
  requirement: 'Each poll MUST have the unchanged id from the response to the submission.',
  why: "A changed id finds no task, or another user's task.",
  remedy: 'Store the id as a string, and encode it for its position in the URL.',
  basis: ['taskId', { derived: 'Only the id in the response to a submission identifies the task.' }],
  stimuli: ['plain', 'silent'],
  judge(evidence) {
    const polls = pollsIn(evidence);
    if (polls.length === 0) return notApplicable('The client did not poll.');
    const issued = new Set(evidence.tasks.map(({ id }) => id));
    const hasUnknownId = [...callIndexOf(evidence.calls).pollsById.keys()].some((id) => !issued.has(id));
    // When every requested id is valid, only polls without an id can be wrong.
    const wrong = polls.filter(({ askedId }) => askedId === null || (hasUnknownId && !issued.has(askedId)));
    return wrong.length === 0
      ? passed(`${count(polls, 'poll')} had the id that the vendor returned`)
      : failed(`the client polled for the task id "${wrong[0]?.askedId ?? ''}"`, wrong);
  },
};
