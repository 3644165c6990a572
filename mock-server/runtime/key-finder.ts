/** The shortest text that is looked for; also how much of each text tells where else to look. */
export const SHORTEST = 12;
const BLOCK = 4;
const FARTHEST = SHORTEST - BLOCK + 1;
/** Small enough to stay in the nearest cache; with thousands of keys it tells less, and more is looked at. */
const TABLE = 1 << 12;

/** Finds any of many long texts in another, looking at a few of its letters only. */
export interface KeyFinder {
  /** @param key at least SHORTEST letters */
  add(key: string, mark: string): void;
  /** The text with a mark in place of each key; the very same when there is none in it. */
  replace(text: string): string;
}

interface Found {
  readonly start: number;
  readonly key: string;
  readonly mark: string;
}

/**
 * Wu and Manber's way: what a block of letters is hashed to says how far the next key is away at least, which is
 * nearly always the length of a key. So this costs next to nothing per letter, however many keys there are.
 */
export function createKeyFinder(): KeyFinder {
  const shifts = new Uint8Array(TABLE).fill(FARTHEST);
  const byEnd = new Map<number, Map<string, string>>();
  let isEmpty = true;

  /** The longest key that begins here. */
  function keyAt(text: string, start: number, hash: number): Found | null {
    let longest: Found | null = null;
    for (const [key, mark] of byEnd.get(hash) ?? []) {
      if (key.length > (longest?.key.length ?? 0) && text.startsWith(key, start))
        longest = { start, key, mark };
    }
    return longest;
  }

  function next(text: string, from: number): Found | null {
    const last = text.length - BLOCK;
    for (let at = from + FARTHEST - 1; at <= last; ) {
      const hash = hashOf(text, at);
      const shift = shifts[hash] ?? 0;
      const found = shift > 0 ? null : keyAt(text, at - FARTHEST + 1, hash);
      if (found !== null) return found;
      at += shift > 0 ? shift : 1;
    }
    return null;
  }

  return {
    add(key, mark) {
      isEmpty = false;
      for (let at = 0; at < FARTHEST; at++) {
        const hash = hashOf(key, at);
        shifts[hash] = Math.min(shifts[hash] ?? FARTHEST, FARTHEST - 1 - at);
      }
      const end = hashOf(key, FARTHEST - 1);
      const same = byEnd.get(end) ?? new Map<string, string>();
      byEnd.set(end, same.set(key, mark));
    },
    replace(text) {
      if (isEmpty || text.length < SHORTEST) return text;
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

/** Of four letters. */
function hashOf(text: string, at: number): number {
  return (
    ((text.charCodeAt(at) << 10) ^
      (text.charCodeAt(at + 1) << 7) ^
      (text.charCodeAt(at + 2) << 3) ^
      text.charCodeAt(at + 3)) &
    (TABLE - 1)
  );
}
