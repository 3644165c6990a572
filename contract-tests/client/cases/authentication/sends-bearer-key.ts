import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { schemesOf } from '../../questions.ts';

export const sendsBearerKey: ClientCase = {
  id: 'CLI-AUTH-01',
  group: 'Authentication',
  title: 'Every call to the API carries the key',
  level: 'must',
  requirement:
    'Each call to the API has an Authorization header with the key and a scheme that the vendor accepts.',
  why: 'The vendor refuses a call without it, although the same key works elsewhere in the program.',
  remedy: 'Set the header in one place that all calls go through.',
  basis: ['key'],
  stimuli: ['plain'],
  judge(evidence) {
    const { calls, pack } = evidence;
    const schemes = schemesOf(pack);
    const expected = `every call to the API has the header "Authorization: ${schemes.join(' or ')} KEY"`;
    if (calls.length === 0) return doesNotApply(expected, 'The API was not called.');
    const bare = calls.filter(({ isAuthorized }) => !isAuthorized);
    return bare.length === 0
      ? kept(expected, `${calls.length} calls, all with the key`)
      : broken(expected, `${bare.length} of ${calls.length} calls without it`, bare);
  },
};
