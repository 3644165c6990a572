import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { schemesOf } from '../../evidence-queries.ts';
import { count } from '../../wording.ts';

export const authenticatesEveryCall: ClientCase = {
  id: 'CLI-AUTH-01',
  group: 'Authentication',
  title: 'Every API call is authenticated',
  level: 'must',
  requirement:
    'Each API call MUST have an Authorization header with the key and a scheme that the vendor accepts.',
  why: 'The vendor rejects the call even though the key is valid.',
  remedy: 'Set the header in one place, such as a shared HTTP client or interceptor.',
  basis: ['key'],
  stimuli: ['plain'],
  expected: (pack) =>
    `every API call has the header ${schemesOf(pack)
      .map((scheme) => `"Authorization: ${scheme} KEY"`)
      .join(' or ')}`,
  judge(evidence) {
    const { calls } = evidence;
    if (calls.length === 0) return notApplicable('The API was not called.');
    const bare = calls.filter(({ isAuthorized }) => !isAuthorized);
    return bare.length === 0
      ? passed(`${count(calls, 'call')} had the key`)
      : failed(`${bare.length} of ${count(calls, 'call')} did not have the header`, bare);
  },
};
