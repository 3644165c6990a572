/** The numbers of entries that one command, or one batch of observations, may have. */
const ENTRIES_PER_PLACE = 2 ** 20;

/** Returns the number of the i-th entry of a place in the log. Whole numbers of 53 bits are enough for 2^33 places. */
export function entryNumber(place: number, index: number): number {
  return place * ENTRIES_PER_PLACE + index;
}

/** Returns the highest number that an entry up to a place can have. */
export function lastNumberOf(place: number): number {
  return (place + 1) * ENTRIES_PER_PLACE - 1;
}

/** Numbers the entries of the command that is being applied. */
export interface Numbering {
  /** The place of the command that is being applied, or of the last one. */
  readonly place: number;
  enter(place: number): void;
  leave(): void;
  next(): number;
}

export function createNumbering(): Numbering {
  let place = 0;
  let index = 0;
  let isEntered = false;
  return {
    get place() {
      return place;
    },
    enter(next) {
      place = next;
      index = 0;
      isEntered = true;
    },
    leave() {
      isEntered = false;
    },
    next() {
      if (!isEntered) throw new Error('the state of a fleet is changed by commands only');
      if (index >= ENTRIES_PER_PLACE) throw new Error('a command has too many entries');
      return entryNumber(place, index++);
    },
  };
}
