import { groupedBy } from '../../cached.ts';
import { type ClientCase, failed, notApplicable, notObservable, passed } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { unmatchedIn, unmockedIn } from '../../evidence-queries.ts';
import { count } from '../../wording.ts';

export const callsDocumentedOperations: ClientCase = {
  id: 'CLI-API-01',
  group: 'Calls',
  title: 'Every call matches a documented operation',
  level: 'must',
  requirement: 'Each call MUST have the method and the path of an operation that the vendor documents.',
  why: 'The vendor answers other calls with an error, so a task that is polled at a wrong path never appears to finish.',
  remedy:
    'Copy the method and the path from the documentation, and remove a trailing slash from the base URL.',
  basis: [{ derived: 'The OpenAPI document of the pack lists every operation that the vendor documents.' }],
  stimuli: ['plain'],
  judge(evidence) {
    const { calls } = evidence;
    if (calls.length === 0) return notApplicable('The API was not called.');
    const unmatched = unmatchedIn(evidence);
    if (unmatched.length > 0) return failed(describe(unmatched), unmatched);
    const unmocked = unmockedIn(evidence);
    if (unmocked.length === calls.length)
      return notObservable(
        'The vendor documents every operation that was called, but the mock does not serve them.',
      );
    const others =
      unmocked.length === 0 ? '' : `; ${count(unmocked, 'call')} to operations that are not mocked`;
    return passed(`${count(calls, 'call')} matched documented operations${others}`);
  },
};

/** Number of different calls that a verdict lists. */
const MOST_NAMED = 3;

function describe(unmatched: readonly ApiCall[]): string {
  const byCall = groupedBy(unmatched, nameOf);
  const texts = [...byCall].slice(0, MOST_NAMED).map(([name, [first, ...rest]]) => {
    const meant = first?.entry.meant ?? null;
    const hint = meant === null ? '' : `; did you mean ${meant}?`;
    return `${count(rest.length + 1, 'call')} to ${name} did not match any operation${hint}`;
  });
  const others = byCall.size - texts.length;
  return others > 0
    ? `${texts.join('. ')}. ${count(others, 'other operation')} did not exist either.`
    : texts.join('. ');
}

/** Returns the method and the path, without the query, which differs for each task. */
function nameOf({ entry: { method, url } }: ApiCall): string {
  return `${method} ${url.split('?')[0] ?? ''}`;
}
