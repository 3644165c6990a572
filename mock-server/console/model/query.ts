import { LANE_STATUSES, type Lane, type LaneStatus, stateOf } from './lane.ts';

/** One condition of a search. */
export interface Term {
  readonly key: string;
  readonly value: string;
}

type Test = (lane: Lane, value: string) => boolean;

const has = (text: string, value: string): boolean => text.toLowerCase().includes(value);

/** The keys of a search. Values are in lower case. */
const TESTS: Readonly<Record<string, Test>> = {
  status: ({ status }, value) => status === value.replaceAll('-', ' '),
  pack: ({ pack, kind }, value) => pack.toLowerCase() === value || kind.toLowerCase() === value,
  key: ({ account }, value) => has(account, value),
  state: (lane, value) => stateOf(lane).toLowerCase() === value,
  scenario: ({ scenario }, value) => has(scenario, value),
  outcome: ({ outcome, endedAt }, value) => endedAt !== null && has(outcome, value),
  id: (lane, value) => has(lane.id, value),
  prompt: ({ prompt }, value) => has(prompt, value),
  url: ({ deliveries }, value) => deliveries.some(({ url }) => has(url, value)),
  attempt: ({ deliveries }, value) =>
    deliveries.some(({ attempts }) =>
      attempts.some(({ outcome, status }) => outcome === value || String(status) === value),
    ),
  after: ({ submittedAt }, value) => submittedAt >= momentOf(value, submittedAt),
  before: ({ submittedAt }, value) => submittedAt < momentOf(value, submittedAt),
};

/** Returns the conditions of a search such as `status:abandoned prompt:"a cat"`. A word without a key matches any text. */
export function parseQuery(text: string): readonly Term[] {
  return [...text.matchAll(/(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi)].flatMap(([all, key, quoted, word]) => {
    const value = (quoted ?? word ?? '').toLowerCase();
    const name = key?.toLowerCase() ?? '';
    if (value === '') return [];
    return name === '' || Object.hasOwn(TESTS, name)
      ? [{ key: name, value }]
      : [{ key: '', value: all.toLowerCase() }];
  });
}

/** Returns the lanes that match a search. Conditions with the same key are alternatives. */
export function matchingLanes(lanes: readonly Lane[], terms: readonly Term[]): readonly Lane[] {
  if (terms.length === 0) return lanes;
  const words = terms.filter(({ key }) => key === '').map(({ value }) => value);
  const groups = new Map<string, string[]>();
  for (const { key, value } of terms) {
    if (key !== '') groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return lanes.filter(
    (lane) =>
      words.every((word) => lane.text.includes(word) || lane.status === word || has(lane.outcome, word)) &&
      [...groups].every(([key, values]) => values.some((value) => TESTS[key]?.(lane, value) === true)),
  );
}

/** Returns a search with its condition on the status replaced; null removes it. */
export function withStatus(text: string, status: LaneStatus | null): string {
  const rest = text.replaceAll(/(^|\s)status:(?:"[^"]*"?|\S*)/gi, ' ').trim();
  if (status === null) return rest;
  return `${rest} status:${status.replaceAll(' ', '-')}`.trim();
}

/** Returns the status that a search is about; null when it has none or several. */
export function statusIn(terms: readonly Term[]): LaneStatus | null {
  const wanted = terms.filter(({ key }) => key === 'status');
  if (wanted.length !== 1) return null;
  return LANE_STATUSES.find((status) => status === wanted[0]?.value.replaceAll('-', ' ')) ?? null;
}

/** Returns how many tasks have each status. */
export function countStatuses(lanes: readonly Lane[]): Readonly<Record<LaneStatus, number>> {
  const counts = Object.fromEntries(LANE_STATUSES.map((status) => [status, 0])) as Record<LaneStatus, number>;
  for (const { status } of lanes) counts[status] += 1;
  return counts;
}

const SUGGESTED = ['pack', 'scenario', 'state', 'outcome', 'key'] as const;

/** Returns conditions on values that occur. */
export function suggestionsFor(lanes: readonly Lane[]): readonly string[] {
  const found = new Set<string>(LANE_STATUSES.map((status) => `status:${status.replaceAll(' ', '-')}`));
  const read: Readonly<Record<(typeof SUGGESTED)[number], (lane: Lane) => string | null>> = {
    pack: ({ pack }) => pack,
    scenario: ({ scenario }) => scenario,
    state: stateOf,
    outcome: ({ outcome, endedAt }) => (endedAt === null ? null : outcome),
    key: ({ account }) => account,
  };
  for (const lane of lanes) {
    for (const key of SUGGESTED) {
      const value = read[key](lane);
      if (value !== null) found.add(`${key}:${/\s/.test(value) ? `"${value}"` : value}`);
    }
  }
  return [...found].sort();
}

/** A time of day means the day of the task; everything is local time, like the axis. */
function momentOf(value: string, near: number): number {
  const [, hours, minutes, seconds = '0'] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(value) ?? [];
  if (hours === undefined || minutes === undefined) return Date.parse(value.toUpperCase());
  return new Date(near).setHours(Number(hours), Number(minutes), Number(seconds), 0);
}
