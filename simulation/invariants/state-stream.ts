import { lastNumberOf } from '../../mock-server/fleet/numbering.ts';
import type { Journal } from '../../mock-server/journal/journal.ts';
import { OBSERVATIONS } from '../../mock-server/journal/journal-entry.ts';
import { type OpenEntry, openEntry } from '../../mock-server/journal/unpack-entry.ts';
import type { Report } from './violation.ts';

/** The state entries of the fleet in one order: those of whichever replica derives them first. */
export interface StateStream {
  /** Compares all entries that a replica derives with those of the others. @param after the place of its snapshot */
  watch(name: string, journal: Pick<Journal, 'subscribe' | 'secrets'>, after: number): Watched;
  readonly length: number;
}

export interface Watched {
  /** The number of entries of the stream that this replica has. */
  readonly derived: number;
}

interface Derived {
  readonly seq: number;
  readonly text: string;
}

/** @param onEntry called once with each entry of the fleet */
export function createStateStream(report: Report, onEntry: (entry: OpenEntry) => void): StateStream {
  const entries: Derived[] = [];

  function indexAfter(place: number): number {
    if (place === 0) return 0;
    const last = lastNumberOf(place);
    let index = entries.length;
    while (index > 0 && (entries[index - 1]?.seq ?? 0) > last) index -= 1;
    return index;
  }

  return {
    get length() {
      return entries.length;
    },
    watch(name, { subscribe, secrets }, after) {
      let derived = indexAfter(after);
      subscribe((packed) => {
        if (OBSERVATIONS.has(packed.type)) return;
        const entry = openEntry(packed, secrets);
        const text = JSON.stringify(entry);
        const expected = entries[derived];
        derived += 1;
        if (expected === undefined) {
          entries.push({ seq: entry.seq, text });
          onEntry(entry);
        } else if (expected.text !== text) {
          report(
            after === 0 ? 'agree' : 'snapshots',
            `${name} derived ${text}, another replica ${expected.text}`,
          );
        }
      });
      return {
        get derived() {
          return derived;
        },
      };
    },
  };
}
