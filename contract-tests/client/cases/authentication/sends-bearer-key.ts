import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';

export const sendsBearerKey: ClientCase = {
  id: 'CLI-AUTH-01',
  group: 'Authentication',
  title: 'Every call to the API carries the bearer key',
  level: 'must',
  requirement: 'Each call to the API has a header "Authorization: Bearer KEY".',
  why: 'A call without it is refused, although the same client works elsewhere in the program.',
  remedy: 'Set the header in one place that all calls go through.',
  sources: [PAGES.detail],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'every call to the API carries the bearer key';
    const { calls } = evidence;
    if (calls.length === 0) return doesNotApply(expected, 'The API was not called.');
    const bare = calls.filter(({ entry }) => !/^Bearer \S/.test(String(entry.headers.authorization ?? '')));
    return bare.length === 0
      ? kept(expected, `${calls.length} calls, all with a bearer key`)
      : broken(expected, `${bare.length} of ${calls.length} calls without one`, bare);
  },
};
