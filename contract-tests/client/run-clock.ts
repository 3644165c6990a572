import type { JournalEntry } from '../../mock-server/index.ts';
import type { Happening, Measures } from './evidence.ts';

type Times = Pick<JournalEntry, 'at' | 'wallAt'>;

/** Converts times of the journal to the client's time, in milliseconds since the first entry. */
export interface RunClock {
  /** Takes note of the next entry. */
  see(entry: JournalEntry): void;
  timeOf(times: Times): number;
  happening(entry: JournalEntry): Happening;
  /** Returns the time of the last entry. @param endedAt end of the run, ISO 8601, if it is known */
  endsAtMs(endedAt?: string): number;
}

/** Creates a clock that starts with the first entry. */
export function createRunClock({ time, timeScale }: Pick<Measures, 'time' | 'timeScale'>): RunClock {
  let first: Times | undefined;
  let last: Times | undefined;
  const scaled = (wallAt: string): number =>
    (Date.parse(wallAt) - Date.parse(first?.wallAt ?? '')) * timeScale;
  const timeOf = ({ at, wallAt }: Times): number =>
    time === 'service' ? Date.parse(at) - Date.parse(first?.at ?? at) : scaled(wallAt);
  return {
    see(entry) {
      first ??= entry;
      last = entry;
    },
    timeOf,
    happening: (entry) => ({ seq: entry.seq, atMs: timeOf(entry) }),
    endsAtMs(endedAt) {
      const lastMs = last === undefined ? 0 : timeOf(last);
      // The end of a run is wall time, which a virtual clock does not follow.
      return endedAt === undefined || time === 'service' ? lastMs : Math.max(lastMs, scaled(endedAt));
    },
  };
}
