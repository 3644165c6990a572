import { PAGES } from '../../../pages.ts';
import { callbackUrlOf } from '../../callback-url.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { submitsIn } from '../../questions.ts';

export const usesOwnCallbackUrl: ClientCase = {
  id: 'CLI-CRE-03',
  group: 'Creating tasks',
  title: 'A callback URL is the client’s own, and safe',
  level: 'should',
  requirement: 'Callbacks go to a host of one’s own, by https where it is not a private address.',
  why: 'A default taken from an example sends your results to a stranger.',
  remedy: 'Take the URL from the configuration, refuse to start without it, and use https.',
  sources: [PAGES.extend],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'a callback URL is the client’s own, and safe';
    const urls = submitsIn(evidence).flatMap((call) => {
      const url = callbackUrlOf(call);
      return url !== null && URL.canParse(url) ? [{ call, url: new URL(url) }] : [];
    });
    if (urls.length === 0) return doesNotApply(expected, 'The client gave no callback URL.');
    const own = evidence.run?.callbackUrl ?? null;
    for (const { call, url } of urls) {
      if (isPrivate(url)) continue;
      if (own !== null && new URL(own).host !== url.host)
        return broken(expected, `${url.host} was not asked for`, [call]);
      if (/(^|\.)example\.(com|org|net)$/.test(url.hostname))
        return broken(expected, `${url.host} is an example`, [call]);
      if (url.protocol !== 'https:') return broken(expected, `${url.href} is not https`, [call]);
    }
    return kept(expected, urls[0]?.url.host ?? '');
  },
};

function isPrivate({ hostname }: URL): boolean {
  return /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\])/.test(hostname);
}
