import { problemsOf } from '../../call-facts.ts';
import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { submitsIn } from '../../evidence-queries.ts';
import { count } from '../../wording.ts';

export const sendsValidBodies: ClientCase = {
  id: 'CLI-CRE-01',
  group: 'Creating tasks',
  title: 'Every submission matches the request schema',
  level: 'must',
  requirement:
    'Each submission MUST have a JSON body that is valid against the request schema of its operation.',
  why: 'The vendor rejects a number sent as text or a missing field, and no earlier check catches it.',
  remedy: 'Follow the documented types, required fields and mutually exclusive fields.',
  basis: [{ derived: 'The OpenAPI document of the pack defines the request schema.' }],
  stimuli: ['plain'],
  judge(evidence) {
    const submits = submitsIn(evidence);
    if (submits.length === 0) return notApplicable('The client did not submit a job.');
    for (const call of submits) {
      const [problem] = problemsOf(call);
      if (problem !== undefined) return failed(`${problem.at || 'the body'}: ${problem.message}`, [call]);
    }
    return passed(`${count(submits, 'submission')} matched the schema`);
  },
};
