import { problemsOf } from '../../call-facts.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { submitsIn } from '../../questions.ts';

export const sendsValidBodies: ClientCase = {
  id: 'CLI-CRE-01',
  group: 'Creating tasks',
  title: 'Every submission matches the request schema',
  level: 'must',
  requirement: 'Each submission has a JSON body that the schema of its operation accepts.',
  why: 'A number sent as text, or a missing field, is refused by the vendor and by nobody earlier.',
  remedy:
    'Send what the document asks for: types, required fields, and combinations that exclude each other.',
  basis: ['errorCodes'],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'every submission matches the request schema';
    const submits = submitsIn(evidence);
    if (submits.length === 0) return doesNotApply(expected, 'Nothing was submitted.');
    for (const call of submits) {
      const [problem] = problemsOf(call);
      if (problem !== undefined)
        return broken(expected, `${problem.at || 'the body'}: ${problem.message}`, [call]);
    }
    return kept(expected, `${submits.length} submissions`);
  },
};
