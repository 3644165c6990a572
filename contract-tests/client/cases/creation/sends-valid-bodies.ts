import { problemsOf } from '../../call-facts.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { submitsIn } from '../../questions.ts';
import { count } from '../../wording.ts';

export const sendsValidBodies: ClientCase = {
  id: 'CLI-CRE-01',
  group: 'Creating tasks',
  title: 'Every submission matches the request schema',
  level: 'must',
  requirement: 'Each submission MUST have a JSON body that is valid against the request schema of its operation.',
  why: 'The vendor rejects a number sent as text or a missing field, and no earlier check catches it.',
  remedy:
    'Follow the documented types, required fields and mutually exclusive fields.',
  sources: [PAGES.detail],
  stimuli: ['plain'],
  judge(evidence) {
    const submits = submitsIn(evidence);
    if (submits.length === 0) return doesNotApply('The client did not submit a job.');
    for (const call of submits) {
      const [problem] = problemsOf(call);
      if (problem !== undefined)
        return broken(`${problem.at || 'the body'}: ${problem.message}`, [call]);
    }
    return kept(`${count(submits, 'submission')} matched the schema`);
  },
};
