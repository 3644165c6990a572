import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { groupedBy, leastOf } from '../../once-per.ts';
import { gapsBetween, pollsIn, say } from '../../questions.ts';
import { retriesOfSdk, sdkOf } from '../../vendor-sdk.ts';

export const neverHammers: ClientCase = {
  id: 'CLI-POL-03',
  group: 'Polling',
  title: 'Polls of one task are never too close together',
  level: 'must',
  requirement:
    'Two polls of one task are never closer together than the least that the vendor bears, whatever the previous poll brought. The few retries that an SDK makes by itself, and one immediate repeat of a poll whose connection broke, are not judged: the application does not make them.',
  why: 'A loop without a wait is an attack on the vendor, and is answered as one.',
  remedy:
    'Wait in every branch of the loop, also after an error. With an SDK that polls by itself, set its interval.',
  sources: [PAGES.derived],
  stimuli: [
    'plain',
    'silent',
    'long-way',
    'bad-line',
    'outage',
    'not-visible',
    'unready',
    'vanished',
    'endless',
    'failed',
  ],
  isTimed: true,
  judge(evidence) {
    const least = evidence.pack.clients.pollNeverWithinMs;
    const expected = `polls of one task are never less than ${say(least)} apart`;
    const byTask = groupedBy(pollsIn(evidence), ({ askedId }) => askedId ?? '');
    const gaps = [...byTask.values()].flatMap((polls) => {
      const spared = new Set([...retriesOfSdk(polls), ...repeatsOfTransport(polls)]);
      return gapsBetween(polls).filter(({ call }) => !spared.has(call));
    });
    if (gaps.length === 0)
      return doesNotApply(expected, 'There were fewer than two polls that the client made itself.');
    // What is measured at the other end is off by a little.
    const hasty = gaps.filter(({ gapMs }) => gapMs < 0.9 * least);
    const shortest = say(leastOf(gaps.map(({ gapMs }) => gapMs)));
    if (hasty.length === 0) return kept(expected, `at least ${shortest}`);
    const sdk = sdkOf(hasty[0]?.call);
    const whose = sdk === null ? '' : `; they were made by ${sdk}, whose interval the application can set`;
    return broken(
      expected,
      `${hasty.length} of ${gaps.length} waits were shorter, the shortest ${shortest}${whose}`,
      hasty.map(({ call }) => call),
    );
  },
};

/**
 * HTTP libraries repeat an idempotent request once, at once, when its connection broke before there was an answer
 * (RFC 9110, 9.2.2); the application does not know of it.
 */
function repeatsOfTransport(polls: readonly ApiCall[]): ReadonlySet<ApiCall> {
  const repeats = new Set<ApiCall>();
  polls.forEach((call, index) => {
    const before = polls[index - 1];
    if (before !== undefined && hasBroken(before) && !repeats.has(before)) repeats.add(call);
  });
  return repeats;
}

function hasBroken({ entry: { status, state, error } }: ApiCall): boolean {
  return status === null || (status === 200 && state === null && error === null);
}
