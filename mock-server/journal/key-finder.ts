/** The minimum length of a key, and the length of the prefix that the tables index. */
export const SHORTEST = 12;
const BLOCK = 4;
const FARTHEST = SHORTEST - BLOCK + 1;
/** Small enough for the L1 cache. */
const SMALL_TABLE = 1 << 12;
/** With more keys, most slots of a small table would be occupied, and nearly every position would be inspected. */
const FEW_KEYS = 100;
const LARGE_TABLE = 1 << 17;

/** Finds any of many long keys in a text, without inspecting every character. */
export interface KeyFinder {
  /** Adds a key with its replacement. @param key at least SHORTEST characters */
  add(key: string, mark: string): void;
  /** Replaces each key with its mark; returns the same text when it contains none. */
  replace(text: string): string;
}

interface Key {
  readonly key: string;
  readonly mark: string;
}

interface Found extends Key {
  readonly start: number;
}

/** The keys that share a prefix. There can be too many to compare them one by one. */
interface PrefixGroup {
  readonly keys: Map<string, string>;
  /** Sorted by key; null after keys were added. */
  sorted: readonly Key[] | null;
  longest: number;
}

/**
 * Implements Wu-Manber: the hash of a block gives the minimum distance to the next key, which is nearly always the
 * length of a key. The cost per character is therefore small, regardless of the number of keys.
 */
export function createKeyFinder(): KeyFinder {
  let shifts = new Uint8Array(SMALL_TABLE).fill(FARTHEST);
  /** Whether a key starts with such a block. Cheaper than comparing the characters. */
  let begins = new Uint8Array(SMALL_TABLE);
  const groups = new Map<string, PrefixGroup>();
  let size = 0;

  function index(key: string): void {
    begins[hashOf(key, 0) & (begins.length - 1)] = 1;
    for (let at = 0; at < FARTHEST; at++) {
      const hash = hashOf(key, at) & (shifts.length - 1);
      shifts[hash] = Math.min(shifts[hash] ?? FARTHEST, FARTHEST - 1 - at);
    }
  }

  function enlarge(): void {
    shifts = new Uint8Array(LARGE_TABLE).fill(FARTHEST);
    begins = new Uint8Array(LARGE_TABLE);
    for (const prefix of groups.keys()) index(prefix);
  }

  function keyAt(text: string, start: number): Key | null {
    if (begins[hashOf(text, start) & (begins.length - 1)] === 0) return null;
    const group = groups.get(text.slice(start, start + SHORTEST));
    return group === undefined ? null : longestIn(group, text, start);
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
      const group = groups.get(prefix) ?? { keys: new Map(), sorted: null, longest: 0 };
      group.keys.set(key, mark);
      group.sorted = null;
      group.longest = Math.max(group.longest, key.length);
      groups.set(prefix, group);
      index(prefix);
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
 * Returns the longest key at a position. Keys are sorted, and a key sorts after its own prefixes, so keys greater than
 * the text and keys that differ from it within their length are skipped.
 */
function longestIn(group: PrefixGroup, text: string, start: number): Key | null {
  group.sorted ??= [...group.keys]
    .map(([key, mark]) => ({ key, mark }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const { sorted } = group;
  let window = text.slice(start, start + group.longest);
  for (let end = sorted.length; end > 0; ) {
    end = countUpTo(sorted, window, end);
    const candidate = sorted[end - 1];
    if (candidate === undefined) return null;
    if (window.startsWith(candidate.key)) return candidate;
    // Any other match is no longer than the common prefix of the two.
    window = window.slice(0, commonLength(candidate.key, window));
    end -= 1;
  }
  return null;
}

/** Counts the keys among the first `end` that are not greater than the text. */
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

/** Hashes four characters. */
function hashOf(text: string, at: number): number {
  return (
    (text.charCodeAt(at) << 10) ^
    (text.charCodeAt(at + 1) << 7) ^
    (text.charCodeAt(at + 2) << 3) ^
    text.charCodeAt(at + 3)
  );
}
