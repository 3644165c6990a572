import { KEY_MARK } from '../../../../mock-server/index.ts';
import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';

export const keepsKeyToItself: ClientCase = {
  id: 'CLI-AUTH-02',
  group: 'Authentication',
  title: 'The key goes nowhere but into its header',
  level: 'must',
  requirement:
    'The key is in no URL, in no body and in no callback URL, and it is not sent to the host of the media.',
  why: 'URLs and bodies end up in logs, and the host of the media is somebody else’s.',
  remedy:
    'Put the key into the Authorization header of API calls alone, and download media with a client that has no such default.',
  sources: [PAGES.detail],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'the key goes nowhere but into its header';
    const { calls, downloads, run } = evidence;
    if (calls.length === 0) return doesNotApply(expected, 'The API was not called.');
    const holds = (text: string): boolean =>
      text.includes(KEY_MARK) ||
      text.includes(encodeURIComponent(KEY_MARK)) ||
      (run !== null && text.includes(run.key));
    const told = calls.filter(({ entry }) => holds(entry.url) || holds(entry.requestBody));
    if (told.length > 0)
      return broken(expected, `the key is in the URL or the body of ${told.length} calls`, told);
    const given = downloads.filter(({ entry }) => entry.hasKey);
    return given.length === 0
      ? kept(expected, `${calls.length} calls and ${downloads.length} downloads without it`)
      : broken(expected, `${given.length} downloads had an Authorization header`, given);
  },
};
