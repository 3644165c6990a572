import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';

export const keepsKeyToItself: ClientCase = {
  id: 'CLI-AUTH-02',
  group: 'Authentication',
  title: 'The key is sent in its header and nowhere else',
  level: 'must',
  requirement:
    'The key is not in a URL, a body or a callback URL, and it is not sent to the host of the media.',
  why: 'URLs and bodies end up in logs, and the host of the media belongs to somebody else.',
  remedy:
    'Send the key in the Authorization header of API calls only, and download media with a client that does not add it.',
  basis: ['key'],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'the key is sent in its header and nowhere else';
    const { calls, downloads, run } = evidence;
    if (calls.length === 0) return doesNotApply(expected, 'The API was not called.');
    const holds = (text: string): boolean => run !== null && text.includes(run.key);
    const told = calls.filter(
      ({ showsKey, entry }) => showsKey || holds(entry.url) || holds(entry.requestBody),
    );
    if (told.length > 0)
      return broken(expected, `the key is in the URL or the body of ${told.length} calls`, told);
    const given = downloads.filter(({ entry }) => entry.hasKey);
    if (given.length > 0)
      return broken(expected, `${given.length} downloads had an Authorization header`, given);
    const media =
      downloads.length === 0 ? '; no media were downloaded' : ` and ${downloads.length} downloads`;
    return kept(expected, `${calls.length} calls${media} without it elsewhere`);
  },
};
