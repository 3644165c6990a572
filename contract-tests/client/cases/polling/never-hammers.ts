import { callIndexOf } from '../../call-index.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall, Evidence } from '../../evidence.ts';
import { say } from '../../questions.ts';
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
  basis: ['pollInterval'],
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
    const { count, shortestMs, hasty } = waitsIn(evidence, least);
    if (count === 0)
      return doesNotApply(expected, 'There were fewer than two polls that the client made itself.');
    const shortest = say(shortestMs);
    if (hasty.length === 0) return kept(expected, `at least ${shortest}`);
    const sdk = sdkOf(hasty[0]);
    const whose = sdk === null ? '' : `; they were made by ${sdk}, whose interval the application can set`;
    return broken(
      expected,
      `${hasty.length} of ${count} waits were shorter, the shortest ${shortest}${whose}`,
      hasty,
    );
  },
};

/** The waits that the client chose itself, and the polls that ended those that were too short. */
function waitsIn(
  { calls }: Evidence,
  leastMs: number,
): { readonly count: number; readonly shortestMs: number; readonly hasty: readonly ApiCall[] } {
  const { polls, pollsById } = callIndexOf(calls);
  let count = 0;
  let shortestMs = Number.POSITIVE_INFINITY;
  const hasty: ApiCall[] = [];
  const visit = (ofTask: readonly ApiCall[]): void => {
    const retries = retriesOfSdk(ofTask);
    const repeats = repeatsOfTransport(ofTask);
    let before: ApiCall | undefined;
    for (const call of ofTask) {
      const gapMs = call.atMs - (before?.atMs ?? 0);
      const isOwn = before !== undefined && !retries.has(call) && !repeats.has(call);
      before = call;
      if (!isOwn) continue;
      count += 1;
      shortestMs = Math.min(shortestMs, gapMs);
      // What is measured at the other end is off by a little.
      if (gapMs < 0.9 * leastMs) hasty.push(call);
    }
  };
  for (const ofTask of pollsById.values()) visit(ofTask);
  visit(polls.filter(({ askedId }) => askedId === null));
  return { count, shortestMs, hasty };
}

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
