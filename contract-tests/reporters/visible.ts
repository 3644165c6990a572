/**
 * Untrusted text with characters spelled out that a terminal or a page would obey instead of show: control characters
 * (color, cursor, bell) and marks that change the direction of writing. Line breaks and tabs are kept.
 */
export function visible(text: string): string {
  return text.replace(/\p{Cc}|[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, (char) => {
    if (char === '\n' || char === '\t') return char;
    const code = char.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ').trim());
}
