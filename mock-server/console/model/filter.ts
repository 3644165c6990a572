import { type Lane, stateOf } from './lanes.ts';

/** Values that shown tasks must have. An empty value matches every task. */
export interface LaneFilter {
  readonly pack: string;
  readonly account: string;
  readonly state: string;
  readonly scenario: string;
  readonly text: string;
}

export const NO_FILTER: LaneFilter = { pack: '', account: '', state: '', scenario: '', text: '' };

function isEmpty(filter: LaneFilter): boolean {
  return Object.values(filter).every((value) => value === '');
}

/** Returns the lanes that match a filter. */
export function filterLanes(lanes: readonly Lane[], filter: LaneFilter): readonly Lane[] {
  if (isEmpty(filter)) return lanes;
  const text = filter.text.trim().toLowerCase();
  return lanes.filter(
    (lane) =>
      matches(lane.pack, filter.pack) &&
      matches(lane.account, filter.account) &&
      matches(lane.scenario, filter.scenario) &&
      matches(stateOf(lane), filter.state) &&
      (text === '' || lane.text.includes(text)),
  );
}

/** Returns the values that occur, in alphabetical order. */
export function choicesOf(
  lanes: readonly Lane[],
): Readonly<Record<'pack' | 'account' | 'state' | 'scenario', readonly string[]>> {
  const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();
  return {
    pack: sorted(lanes.map(({ pack }) => pack)),
    account: sorted(lanes.map(({ account }) => account)),
    scenario: sorted(lanes.map(({ scenario }) => scenario)),
    state: sorted(lanes.map(stateOf)),
  };
}

function matches(value: string, wanted: string): boolean {
  return wanted === '' || value === wanted;
}
