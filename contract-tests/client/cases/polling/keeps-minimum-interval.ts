import { formatDuration } from '../../../../mock-server/internal.ts';
import { callIndexOf } from '../../call-index.ts';
import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import type { ApiCall, Evidence } from '../../evidence.ts';
import { durationText } from '../../evidence-queries.ts';
import { textWithFigure } from '../../pack-text.ts';
import { retriesOfSdk, sdkOf } from '../../vendor-sdk.ts';
import { count } from '../../wording.ts';

export const keepsMinimumInterval: ClientCase = {
  id: 'CLI-POL-03',
  group: 'Polling',
  title: 'The client waits between polls of one task',
  level: 'must',
  requirement: textWithFigure(
    'a minimum interval',
    ({ clients }) => formatDuration(clients.pollNeverWithinMs),
    (interval) =>
      `The client MUST wait at least ${interval} between two polls of one task, also after an error. Automatic retries by an SDK, and one immediate repeat after a broken connection, do not count, because the application does not send them.`,
  ),
  why: 'A loop without a delay looks like an attack, and the vendor blocks the client.',
  remedy:
    'Wait in every branch of the loop, also after an error. With an SDK that polls for you, set its interval.',
  basis: ['minimumPollInterval', { derived: 'A loop without a delay overloads the API.' }],
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
  expected: ({ clients }) =>
    `polls of one task are at least ${durationText(clients.pollNeverWithinMs)} apart`,
  judge(evidence) {
    const least = evidence.pack.clients.pollNeverWithinMs;
    const { total, shortestMs, early } = waitsIn(evidence, least);
    if (total === 0) return notApplicable('The client did not poll any task twice.');
    const shortest = durationText(shortestMs);
    if (early.length === 0) return passed(`the shortest interval was ${shortest}`);
    const sdk = sdkOf(early[0]);
    const sender = sdk === null ? '' : `; ${sdk} sent the polls, and the application can set its interval`;
    return failed(
      `${early.length} of ${count(total, 'interval')} were shorter; the shortest was ${shortest}${sender}`,
      early,
    );
  },
};

/** Returns the number of intervals that the application chose, the shortest, and the polls that came too early. */
function waitsIn(
  { calls }: Evidence,
  leastMs: number,
): { readonly total: number; readonly shortestMs: number; readonly early: readonly ApiCall[] } {
  const { polls, pollsById } = callIndexOf(calls);
  let total = 0;
  let shortestMs = Number.POSITIVE_INFINITY;
  const early: ApiCall[] = [];
  const visit = (ofTask: readonly ApiCall[]): void => {
    const retries = retriesOfSdk(ofTask);
    const repeats = repeatsOfTransport(ofTask);
    let before: ApiCall | undefined;
    for (const call of ofTask) {
      const gapMs = call.atMs - (before?.atMs ?? 0);
      const isOwn = before !== undefined && !retries.has(call) && !repeats.has(call);
      before = call;
      if (!isOwn) continue;
      total += 1;
      shortestMs = Math.min(shortestMs, gapMs);
      // Intervals measured at the server differ slightly from those at the client.
      if (gapMs < 0.9 * leastMs) early.push(call);
    }
  };
  for (const ofTask of pollsById.values()) visit(ofTask);
  visit(polls.filter(({ askedId }) => askedId === null));
  return { total, shortestMs, early };
}

/**
 * Returns the polls that an HTTP library repeated: most repeat an idempotent request once, immediately, when its
 * connection broke before a response (RFC 9110, section 9.2.2). The application does not notice.
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
