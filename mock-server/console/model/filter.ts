import { type Lane, stateOf } from './lanes.ts';

/** Which tasks are shown; an empty text shows all. */
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

export function filterLanes(lanes: readonly Lane[], filter: LaneFilter): readonly Lane[] {
  if (isEmpty(filter)) return lanes;
  const text = filter.text.trim().toLowerCase();
  return lanes.filter(
    (lane) =>
      fits(lane.pack, filter.pack) &&
      fits(lane.account, filter.account) &&
      fits(lane.scenario, filter.scenario) &&
      fits(stateOf(lane), filter.state) &&
      (text === '' || lane.text.includes(text)),
  );
}

/** What there is to choose from, in the order of the alphabet. */
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

function fits(value: string, wanted: string): boolean {
  return wanted === '' || value === wanted;
}
