/**
 * Characters that a terminal or a page obeys instead of showing them, or that cannot be seen: controls (C0, DEL, C1),
 * marks that change the direction of writing, other line ends, halves of surrogate pairs, and letters without width,
 * which hide text in text. What selects the form of an emoji is harmless.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cs}\u2028\u2029\uFFF9-\uFFFB]|(?![\uFE0E\uFE0F])\p{Default_Ignorable_Code_Point}/gu;
/** The same among what JSON leaves as it is; it escapes the others itself. */
const INVISIBLE_IN_JSON = new RegExp(INVISIBLE.source.replace('\\p{Cc}', '\\x7F-\\x9F'), 'gu');

/** Untrusted text with such characters spelled out. Line breaks and tabs are kept. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (char) => (char === '\n' || char === '\t' ? char : spelledOut(char)));
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ').trim());
}

/** JSON in which such characters are escaped; it means the same. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(INVISIBLE_IN_JSON, (char) =>
    // Escapes of JSON are for halves of surrogate pairs.
    Array.from({ length: char.length }, (_, index) => `\\u${hex(char.charCodeAt(index), 4)}`).join(''),
  );
}

function spelledOut(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\u{${hex(code, 4)}}`;
  return code > 0xff ? `\\u${hex(code, 4)}` : `\\x${hex(code, 2)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
