import { endOfString } from '../core/numerals.ts';

/** The journal keeps tens of thousands of entries; with a megabyte in each, whoever sends rubbish would fill the memory. */
export const EXCERPT_LENGTH = 8192;

/** JSON strings that are longer than this are kept by their start alone: a video as a data URI, not a prompt. */
export const LONGEST_STRING = 64 * 1024;

/** Bodies that are still longer than this then are kept by their start alone, and are no JSON any more. */
export const LONGEST_BODY = 1024 * 1024;

/** More than a key is long: one that lies across the cut must be seen whole to be masked. */
const BEYOND = 512;

/**
 * The start of a long text, and how long it was.
 * @param mask takes secrets out
 */
export function excerpt(text: string, mask: (text: string) => string): string {
  if (text.length <= EXCERPT_LENGTH) return mask(text);
  return `${startOf(text, mask)}… (${text.length} characters in all)`;
}

function startOf(text: string, mask: (text: string) => string): string {
  const start = mask(text.slice(0, EXCERPT_LENGTH + BEYOND))
    .slice(0, EXCERPT_LENGTH)
    // Half a character would become another one.
    .replace(/[\ud800-\udbff]$/, '');
  // Through bytes, because a slice keeps the whole text alive.
  return Buffer.from(start).toString();
}

/** JSON text with its very long strings cut to their start; the very same when there are none. */
export function shortenStrings(text: string, mask: (text: string) => string): string {
  if (text.length <= LONGEST_STRING) return text;
  let short = '';
  let taken = 0;
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = endOfString(text, start);
    if (end < 0) break;
    if (end - start > LONGEST_STRING) {
      short += `${text.slice(taken, start + 1)}${unbroken(startOf(text.slice(start + 1, end), mask))}… (${end - start - 1} characters in all)`;
      taken = end;
    }
    start = text.indexOf('"', end + 1);
  }
  return taken === 0 ? text : Buffer.from(short + text.slice(taken)).toString();
}

/** Without an escape that was cut through. */
function unbroken(escaped: string): string {
  return escaped.replace(/\\(?:u[\da-f]{0,3})?$/i, (cut, offset: number) =>
    isEscaping(escaped, offset) ? '' : cut,
  );
}

function isEscaping(text: string, at: number): boolean {
  let before = at - 1;
  while (text[before] === '\\') before -= 1;
  return (at - before) % 2 === 1;
}
