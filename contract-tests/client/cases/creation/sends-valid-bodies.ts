import { PAGES } from '../../../pages.ts';
import { requestProblems } from '../../../payload/judge-payload.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { submitsIn } from '../../questions.ts';

export const sendsValidBodies: ClientCase = {
  id: 'CLI-CRE-01',
  group: 'Creating tasks',
  title: 'What is submitted keeps the request schema',
  level: 'must',
  requirement: 'Each submission goes to a path of the API and has a JSON body that its schema accepts.',
  why: 'A number sent as text, or a doubled path, is refused by the vendor and by nobody before.',
  remedy:
    'Send what the document asks for: types, required fields, and combinations that exclude each other.',
  sources: [PAGES.detail],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'what is submitted keeps the request schema';
    const lost = evidence.calls.filter(
      ({ operation, entry }) => operation === null && entry.method !== 'GET',
    );
    if (lost[0] !== undefined)
      return broken(expected, `there is no ${lost[0].entry.method} ${lost[0].entry.url}`, lost);
    const submits = submitsIn(evidence);
    if (submits.length === 0) return doesNotApply(expected, 'Nothing was submitted.');
    for (const call of submits) {
      const [problem] = requestProblems(evidence.pack, call.entry.operation ?? '', call.body);
      if (problem !== undefined)
        return broken(expected, `${problem.at || 'the body'}: ${problem.message}`, [call]);
    }
    return kept(expected, `${submits.length} submissions`);
  },
};
