import { broken, type ClientCase, cannotBeSeen, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { groupedBy } from '../../once-per.ts';
import { unmatchedIn, unmockedIn } from '../../questions.ts';

export const callsOnlyWhatExists: ClientCase = {
  id: 'CLI-API-01',
  group: 'Calls',
  title: 'Every call matches an operation of the vendor',
  level: 'must',
  requirement: 'Each call has the method and the path of an operation that the vendor has.',
  why: 'The vendor answers nothing else: a task that is polled at a wrong path never ends, whatever became of it.',
  remedy:
    'Copy method and path from the document, and end the base URL without a slash where the paths begin with one.',
  basis: ['pollAnswer'],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'every call matches an operation of the vendor';
    const { calls } = evidence;
    if (calls.length === 0) return doesNotApply(expected, 'The API was not called.');
    const lost = unmatchedIn(evidence);
    if (lost.length > 0) return broken(expected, describe(lost), lost);
    const unmocked = unmockedIn(evidence);
    if (unmocked.length === calls.length)
      return cannotBeSeen(
        expected,
        'Every operation that was called exists at the vendor and is not mocked.',
      );
    const aside = unmocked.length === 0 ? '' : `; ${unmocked.length} to operations that are not mocked`;
    return kept(expected, `${calls.length} calls${aside}`);
  },
};

/** How many different calls are named. */
const MOST_NAMED = 3;

function describe(lost: readonly ApiCall[]): string {
  const byCall = groupedBy(lost, nameOf);
  const texts = [...byCall].slice(0, MOST_NAMED).map(([name, [first, ...rest]]) => {
    const meant = first?.entry.meant ?? null;
    const count = rest.length === 0 ? '1 call' : `${rest.length + 1} calls`;
    const hint = meant === null ? '' : `; did you mean ${meant}?`;
    return `${count} to ${name} matched no operation${hint}`;
  });
  const others = byCall.size - texts.length;
  return others > 0 ? `${texts.join('. ')}. ${others} more of this kind.` : texts.join('. ');
}

/** Without the query, which differs from task to task. */
function nameOf({ entry: { method, url } }: ApiCall): string {
  return `${method} ${url.split('?')[0] ?? ''}`;
}
