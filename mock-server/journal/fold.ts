import { type JournalType, OBSERVATIONS, type ObservedEvent, type PackedEntry } from './journal-entry.ts';

/**
 * State that is built from journal entries and nothing else: the same entries, in the same order, give the same state.
 * A restart loads what a snapshot saved, and applies the entries after it.
 * @typeParam Part - what is saved: plain JSON, in parts small enough to be written one by one
 */
export interface Fold<Part = unknown> {
  /** Identifies the parts of this fold in a snapshot. Must not change between versions. */
  readonly name: string;
  /**
   * The observations that this fold counts. It receives no others, and every entry that is not an observation. Counts
   * of observations may be too low after a restart, because observations are dropped while the disk is full.
   */
  readonly counted: readonly ObservedEvent['type'][];
  apply(entry: PackedEntry): void;
  /**
   * Captures the state at the time of the call. The parts are read later, and entries may be applied in between; they
   * do not affect the parts, except for a reset, after which they are useless. The caller reads the first part at once, and then all of them or ends the iteration.
   */
  save(): Iterable<Part>;
  /** Adds a saved part to the state. The parts are loaded in the order in which they were saved. */
  load(part: Part): void;
}

/** The folds of a journal, in the order in which they were added: a later one may read an earlier one. */
export interface Folds {
  add(fold: Fold): void;
  apply(entry: PackedEntry): void;
  /** Captures all folds at the time of the call. Yields the name of the fold with each of its parts. */
  save(): Generator<SavedPart>;
  load(saved: SavedPart): void;
}

export type SavedPart = readonly [fold: string, part: unknown];

export function createFolds(): Folds {
  const all: Fold[] = [];
  const counting = new Map<JournalType, Fold[]>();
  const none: readonly Fold[] = [];

  return {
    add(fold) {
      if (all.some(({ name }) => name === fold.name)) throw new Error(`duplicate fold "${fold.name}"`);
      all.push(fold);
      for (const type of fold.counted) counting.set(type, [...(counting.get(type) ?? []), fold]);
    },
    apply(entry) {
      const { type } = entry;
      const folds = OBSERVATIONS.has(type) ? (counting.get(type) ?? none) : all;
      for (const fold of folds) fold.apply(entry);
    },
    save() {
      const captured = all.map((fold) => ({ name: fold.name, parts: fold.save() }));
      return partsOf(captured);
    },
    load([name, part]) {
      // A part of a later version's fold, which this version does not have, cannot be needed by it.
      all.find((fold) => fold.name === name)?.load(part);
    },
  };
}

function* partsOf(
  captured: readonly { readonly name: string; readonly parts: Iterable<unknown> }[],
): Generator<SavedPart> {
  for (const { name, parts } of captured) for (const part of parts) yield [name, part];
}
