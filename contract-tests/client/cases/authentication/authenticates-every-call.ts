import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { keyPlacesOf } from '../../key-places.ts';
import { count } from '../../wording.ts';

export const authenticatesEveryCall: ClientCase = {
  id: 'CLI-AUTH-01',
  group: 'Authentication',
  title: 'Every API call is authenticated',
  level: 'must',
  requirement:
    'Each API call MUST have the key where the vendor reads it: in the header that the vendor documents, with its scheme, or in its query parameter.',
  why: 'The vendor rejects the call even though the key is valid.',
  remedy: 'Set the header in one place, such as a shared HTTP client or interceptor.',
  basis: ['key'],
  stimuli: ['plain'],
  expected: (pack) =>
    `every API call has ${keyPlacesOf(pack)
      .map((place) => `"${place}"`)
      .join(' or ')}`,
  judge(evidence) {
    const calls = evidence.calls.filter(({ operation }) => operation?.isPublic !== true);
    if (evidence.calls.length === 0) return notApplicable('The API was not called.');
    if (calls.length === 0) return notApplicable('None of the calls needs a key.');
    const bare = calls.filter(({ isAuthorized }) => !isAuthorized);
    return bare.length === 0
      ? passed(`${count(calls, 'call')} had the key`)
      : failed(`${bare.length} of ${count(calls, 'call')} did not have the key there`, bare);
  },
};
