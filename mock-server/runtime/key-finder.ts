/** The shortest text that is looked for; also how much of each text tells where else to look. */
export const SHORTEST = 12;
const BLOCK = 4;
const FARTHEST = SHORTEST - BLOCK + 1;
/** Small enough to stay in the nearest cache. */
const SMALL_TABLE = 1 << 12;
/** With more keys than this most of a small table would say "look here", and every letter would be looked at. */
const FEW_KEYS = 100;
const LARGE_TABLE = 1 << 17;

/** Finds any of many long texts in another, looking at a few of its letters only. */
export interface KeyFinder {
  /** @param key at least SHORTEST letters */
  add(key: string, mark: string): void;
  /** The text with a mark in place of each key; the very same when there is none in it. */
  replace(text: string): string;
}

interface Key {
  readonly key: string;
  readonly mark: string;
}

interface Found extends Key {
  readonly start: number;
}

/** All keys with the same first letters, so many that they are not compared one by one. */
interface Family {
  readonly keys: Map<string, string>;
  /** Sorted by their letters; null when keys have been added since. */
  sorted: readonly Key[] | null;
  longest: number;
}

/**
 * Wu and Manber's way: what a block of letters is hashed to says how far the next key is away at least, which is
 * nearly always the length of a key. So this costs next to nothing per letter, however many keys there are.
 */
export function createKeyFinder(): KeyFinder {
  let shifts = new Uint8Array(SMALL_TABLE).fill(FARTHEST);
  /** Whether a key begins with such a block: cheaper to look up than the letters themselves. */
  let begins = new Uint8Array(SMALL_TABLE);
  const families = new Map<string, Family>();
  let size = 0;

  function note(key: string): void {
    begins[hashOf(key, 0) & (begins.length - 1)] = 1;
    for (let at = 0; at < FARTHEST; at++) {
      const hash = hashOf(key, at) & (shifts.length - 1);
      shifts[hash] = Math.min(shifts[hash] ?? FARTHEST, FARTHEST - 1 - at);
    }
  }

  function enlarge(): void {
    shifts = new Uint8Array(LARGE_TABLE).fill(FARTHEST);
    begins = new Uint8Array(LARGE_TABLE);
    for (const prefix of families.keys()) note(prefix);
  }

  function keyAt(text: string, start: number): Key | null {
    if (begins[hashOf(text, start) & (begins.length - 1)] === 0) return null;
    const family = families.get(text.slice(start, start + SHORTEST));
    return family === undefined ? null : longestIn(family, text, start);
  }

  function next(text: string, from: number): Found | null {
    const last = text.length - BLOCK;
    const mask = shifts.length - 1;
    for (let at = from + FARTHEST - 1; at <= last; ) {
      const shift = shifts[hashOf(text, at) & mask] ?? 0;
      const start = at - FARTHEST + 1;
      const key = shift > 0 ? null : keyAt(text, start);
      if (key !== null) return { ...key, start };
      at += shift > 0 ? shift : 1;
    }
    return null;
  }

  return {
    add(key, mark) {
      size += 1;
      if (size > FEW_KEYS && shifts.length === SMALL_TABLE) enlarge();
      const prefix = key.slice(0, SHORTEST);
      const family = families.get(prefix) ?? { keys: new Map(), sorted: null, longest: 0 };
      family.keys.set(key, mark);
      family.sorted = null;
      family.longest = Math.max(family.longest, key.length);
      families.set(prefix, family);
      note(prefix);
    },
    replace(text) {
      if (size === 0 || text.length < SHORTEST) return text;
      let found = next(text, 0);
      if (found === null) return text;
      let replaced = '';
      let taken = 0;
      for (; found !== null; found = next(text, taken)) {
        replaced += text.slice(taken, found.start) + found.mark;
        taken = found.start + found.key.length;
      }
      return replaced + text.slice(taken);
    },
  };
}

/**
 * The longest key that begins here. Sorted, a key follows those that it begins with; so what is greater than the text
 * and what differs from it earlier than a key is long are passed over.
 */
function longestIn(family: Family, text: string, start: number): Key | null {
  family.sorted ??= [...family.keys]
    .map(([key, mark]) => ({ key, mark }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const { sorted } = family;
  let window = text.slice(start, start + family.longest);
  for (let end = sorted.length; end > 0; ) {
    end = countUpTo(sorted, window, end);
    const candidate = sorted[end - 1];
    if (candidate === undefined) return null;
    if (window.startsWith(candidate.key)) return candidate;
    // Whatever begins here is no longer than what the two have in common.
    window = window.slice(0, commonLength(candidate.key, window));
    end -= 1;
  }
  return null;
}

/** How many of the first `end` keys are not greater than the text. */
function countUpTo(sorted: readonly Key[], text: string, end: number): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.key ?? '') <= text) low = middle + 1;
    else high = middle;
  }
  return low;
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
  return length;
}

/** Of four letters. */
function hashOf(text: string, at: number): number {
  return (
    (text.charCodeAt(at) << 10) ^
    (text.charCodeAt(at + 1) << 7) ^
    (text.charCodeAt(at + 2) << 3) ^
    text.charCodeAt(at + 3)
  );
}
