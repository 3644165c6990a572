import { isLocalHost } from '../../../../mock-server/index.ts';
import { callbackOf } from '../../call-facts.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { submitsIn } from '../../questions.ts';

export const usesOwnCallbackUrl: ClientCase = {
  id: 'CLI-CRE-03',
  group: 'Creating tasks',
  title: 'A callback URL belongs to the client and uses https',
  level: 'should',
  requirement: 'Callbacks go to a host of the client’s own, by https unless it is a private address.',
  why: 'A default copied from an example sends your results to a stranger.',
  remedy: 'Read the URL from the configuration, refuse to start without it, and use https.',
  basis: ['errorCodes'],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'a callback URL belongs to the client and uses https';
    const urls = submitsIn(evidence).flatMap((call) => {
      const callback = callbackOf(call);
      return callback?.problem === null ? [{ call, url: new URL(callback.url) }] : [];
    });
    if (urls.length === 0)
      return doesNotApply(expected, 'The client gave no callback URL that can be called.');
    const own = evidence.run?.callbackUrl ?? null;
    for (const { call, url } of urls) {
      if (isLocalHost(url.hostname)) continue;
      if (own !== null && new URL(own).host !== url.host)
        return broken(expected, `${url.host} was not asked for`, [call]);
      if (/(^|\.)example\.(com|org|net)$/.test(url.hostname))
        return broken(expected, `${url.host} is an example host`, [call]);
      if (url.protocol !== 'https:') return broken(expected, `${url.href} is not https`, [call]);
    }
    return kept(expected, urls[0]?.url.host ?? '');
  },
};
