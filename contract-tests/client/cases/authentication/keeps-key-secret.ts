import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { withoutKey } from '../../key-places.ts';
import { count } from '../../wording.ts';

export const keepsKeySecret: ClientCase = {
  id: 'CLI-AUTH-02',
  group: 'Authentication',
  title: 'The API key is sent only where the vendor reads it',
  level: 'must',
  requirement:
    'The client MUST NOT put the API key into a body, a callback URL or, unless the vendor reads it there, the URL of a call, or send it to the media host.',
  why: 'URLs and bodies are logged, and the media host often belongs to a third party.',
  remedy:
    'Send the key only in the documented header or parameter of API calls, and download media with an HTTP client that does not add it.',
  basis: [{ derived: 'Secrets in URLs and bodies are logged and forwarded (RFC 6750, section 5.3).' }],
  stimuli: ['plain'],
  judge(evidence) {
    const { calls, downloads, run } = evidence;
    if (calls.length === 0) return notApplicable('The API was not called.');
    const hasKey = (text: string): boolean => run !== null && text.includes(run.key);
    const exposing = calls.filter(
      ({ showsKey, pack, entry }) =>
        showsKey || hasKey(withoutKey(pack, entry.url)) || hasKey(entry.requestBody),
    );
    if (exposing.length > 0)
      return failed(`the key was in the URL or the body of ${count(exposing, 'call')}`, exposing);
    const withKey = downloads.filter(({ entry }) => entry.hasKey);
    if (withKey.length > 0) return failed(`${count(withKey, 'download')} had the key`, withKey);
    return passed(`${count(calls, 'call')} and ${count(downloads, 'download')} did not expose the key`);
  },
};
