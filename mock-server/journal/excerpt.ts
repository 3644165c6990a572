import { endOfString } from '../core/numerals.ts';

/**
 * The length of an excerpt. The journal keeps tens of thousands of entries, so clients sending large bodies could
 * otherwise exhaust memory.
 */
export const EXCERPT_LENGTH = 8192;

/** Longer JSON strings, such as a video as a data URI, are truncated. Prompts are shorter. */
export const LONGEST_STRING = 64 * 1024;

/** Bodies that are still longer after their strings are truncated are cut as a whole, and are no longer JSON. */
export const LONGEST_BODY = 1024 * 1024;

/** Longer than a key, so that a key at the cut is seen whole and masked. */
const BEYOND = 512;

/**
 * Returns the start of a long text, followed by its length.
 * @param mask removes secrets
 */
export function excerpt(text: string, mask: (text: string) => string): string {
  if (text.length <= EXCERPT_LENGTH) return mask(text);
  return `${startOf(text, mask)}… (${text.length} characters in all)`;
}

function startOf(text: string, mask: (text: string) => string): string {
  const start = mask(text.slice(0, EXCERPT_LENGTH + BEYOND))
    .slice(0, EXCERPT_LENGTH)
    // Half of a surrogate pair would become another character.
    .replace(/[\ud800-\udbff]$/, '');
  // Copied through bytes, because a slice would keep the whole text in memory.
  return Buffer.from(start).toString();
}

/** Truncates very long strings in a JSON text; returns other texts unchanged. */
export function shortenStrings(text: string, mask: (text: string) => string): string {
  if (text.length <= LONGEST_STRING) return text;
  let short = '';
  let taken = 0;
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = endOfString(text, start);
    if (end < 0) break;
    if (end - start > LONGEST_STRING) {
      short += `${text.slice(taken, start + 1)}${withoutPartialEscape(startOf(text.slice(start + 1, end), mask))}… (${end - start - 1} characters in all)`;
      taken = end;
    }
    start = text.indexOf('"', end + 1);
  }
  return taken === 0 ? text : Buffer.from(short + text.slice(taken)).toString();
}

/** Removes an incomplete escape sequence at the end. */
function withoutPartialEscape(escaped: string): string {
  return escaped.replace(/\\(?:u[\da-f]{0,3})?$/i, (cut, offset: number) =>
    isEscaping(escaped, offset) ? '' : cut,
  );
}

function isEscaping(text: string, at: number): boolean {
  let before = at - 1;
  while (text[before] === '\\') before -= 1;
  return (at - before) % 2 === 1;
}
