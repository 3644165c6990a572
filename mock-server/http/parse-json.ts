import { beginsNumber, endOfString, isOddNumber, numberAt } from '../core/numerals.ts';

export type ParsedJson =
  | {
      readonly type: 'parsed';
      readonly value: unknown;
      /** Whether a number would be printed differently from how it was written; omitted otherwise. */
      readonly hasOddNumbers?: true;
    }
  | {
      readonly type: 'refused';
      /** A reason to show to the sender. */
      readonly because: string;
      /** Set when its Content-Encoding or charset is not supported. */
      readonly isCoding?: true;
    };

/** Deeper than any request of a vendor, and far below the depth at which recursion exhausts the stack. */
export const DEPTH_LIMIT = 100;

/**
 * Parses JSON more strictly than `JSON.parse`. Duplicate keys are refused: parsers disagree on which value to use, so
 * the mock must not accept a request that the vendor may read differently.
 */
export function parseJson(text: string): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused(explainInvalidJson(text, error));
  }
  // The text is valid JSON from here on, so counting needs no grammar.
  const { deepest, members, hasOddNumbers } = measure(text);
  if (deepest > DEPTH_LIMIT)
    return refused(`the body is nested ${deepest} levels deep; the limit is ${DEPTH_LIMIT}`);
  if (members !== countMembers(value)) {
    return refused(`duplicate key ${shortened(findDuplicate(text))} in an object of the body`);
  }
  return hasOddNumbers ? { type: 'parsed', value, hasOddNumbers } : { type: 'parsed', value };
}

function refused(because: string): ParsedJson {
  return { type: 'refused', because };
}

function explainInvalidJson(text: string, error: unknown): string {
  if (text.startsWith('\uFEFF')) {
    return 'the body begins with a byte order mark (U+FEFF), which is not allowed in JSON (RFC 8259, 8.1)';
  }
  const reason = error instanceof Error ? error.message : String(error);
  return `the body is not JSON: ${reason.slice(0, 200)}`;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

interface Measure {
  /** Depth of nesting. */
  readonly deepest: number;
  /** Number of members of all objects in the text, duplicates included. */
  readonly members: number;
  readonly hasOddNumbers: boolean;
}

function measure(text: string): Measure {
  let depth = 0;
  let deepest = 0;
  let members = 0;
  let hasOddNumbers = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    switch (unit) {
      case QUOTE:
        i = endOfString(text, i);
        break;
      case COLON:
        members += 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        if (depth > deepest) deepest = depth;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
      default: {
        if (!beginsNumber(unit)) break;
        const written = numberAt(text, i);
        hasOddNumbers ||= isOddNumber(written);
        i += written.length - 1;
      }
    }
  }
  return { deepest, members, hasOddNumbers };
}

/** Counts the members of all objects in the value: fewer than in the text if a key was duplicated. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item);
    return count;
  }
  for (const member of Object.values(value)) count += 1 + countMembers(member);
  return count;
}

/** Returns the first duplicate key. Slow, but only called if there is one. */
function findDuplicate(text: string): string {
  const open: Set<string>[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === OPEN_BRACE || unit === OPEN_BRACKET) open.push(new Set());
    if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) open.pop();
    if (unit !== QUOTE) continue;
    const end = endOfString(text, i);
    const key = keyAt(text, i, end);
    const seen = open.at(-1);
    if (key !== null && seen?.has(key)) return key;
    if (key !== null) seen?.add(key);
    i = end;
  }
  return '';
}

/** Returns null for a string that is not a key. */
function keyAt(text: string, start: number, end: number): string | null {
  let next = end + 1;
  while (next < text.length && ' \t\n\r'.includes(text.charAt(next))) next += 1;
  // Parsed, because "\u0061" and "a" are the same key.
  return text.charCodeAt(next) === COLON ? String(JSON.parse(text.slice(start, end + 1))) : null;
}

function shortened(key: string): string {
  return JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key);
}
