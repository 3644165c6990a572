import { isLocalHost } from '../../../../mock-server/internal.ts';
import { callbackOf } from '../../call-facts.ts';
import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { submitsIn } from '../../evidence-queries.ts';

export const usesOwnCallbackUrl: ClientCase = {
  id: 'CLI-CRE-03',
  group: 'Creating tasks',
  title: 'The callback URL belongs to the client and uses https',
  level: 'should',
  requirement:
    'The callback URL SHOULD name a host of the client, and use https unless it is a private address.',
  why: 'A URL copied from an example sends your results to a third party.',
  remedy: 'Read the URL from the configuration, fail at startup without it, and use https.',
  basis: [{ derived: 'Callbacks contain results, and the owner of the host receives them.' }],
  stimuli: ['plain'],
  judge(evidence) {
    const urls = submitsIn(evidence).flatMap((call) => {
      const callback = callbackOf(call);
      return callback?.problem === null ? [{ call, url: new URL(callback.url) }] : [];
    });
    if (urls.length === 0) return notApplicable('The client did not send a valid callback URL.');
    const own = evidence.run?.callbackUrl ?? null;
    for (const { call, url } of urls) {
      if (isLocalHost(url.hostname)) continue;
      if (own !== null && new URL(own).host !== url.host)
        return failed(`${url.host} is not the host of the configured callback URL`, [call]);
      if (/(^|\.)example\.(com|org|net)$/.test(url.hostname))
        return failed(`${url.host} is an example host`, [call]);
      if (url.protocol !== 'https:') return failed(`${url.href} is not https`, [call]);
    }
    return passed(`callbacks go to ${urls[0]?.url.host ?? ''}`);
  },
};
