/**
 * Characters that a terminal or page interprets instead of showing, or that cannot be seen: controls (C0, DEL, C1),
 * direction marks, Unicode line separators, unpaired surrogates, and zero-width characters, which can hide text.
 * Emoji variation selectors are harmless.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cs}\u2028\u2029\uFFF9-\uFFFB]|(?![\uFE0E\uFE0F])\p{Default_Ignorable_Code_Point}/gu;
/** The subset that JSON does not escape. */
const INVISIBLE_IN_JSON = new RegExp(INVISIBLE.source.replace('\\p{Cc}', '\\x7F-\\x9F'), 'gu');

/** Returns untrusted text with such characters escaped. Line breaks and tabs are kept. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (char) => (char === '\n' || char === '\t' ? char : escaped(char)));
}

/** Returns untrusted text on a single line with such characters escaped. */
export function visibleLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ').trim());
}

/** Returns equivalent JSON with such characters escaped. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(INVISIBLE_IN_JSON, (char) =>
    // JSON escapes encode single UTF-16 code units.
    Array.from({ length: char.length }, (_, index) => `\\u${hex(char.charCodeAt(index), 4)}`).join(''),
  );
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\u{${hex(code, 4)}}`;
  return code > 0xff ? `\\u${hex(code, 4)}` : `\\x${hex(code, 2)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
