/**
 * Text as users write it: several scripts, including right-to-left ones, letters made of several code points, code points
 * above U+FFFF, all kinds of quotes, line separators and control characters. All of it is allowed in JSON; NUL is
 * excluded because some databases cannot store it.
 */
const PIECES = [
  'Émile’s café, naïve façade, ½ price — “Zoë” & <b>Søren</b> ',
  '\u{1f3ac}\u{1f469}\u{1f3fd}\u200d\u{1f680} \u{20bb7}\u{1d54f} ',
  '"double" \'single\' `tick` \\back\\slash\\ /slash/ \\n \\u0041 %s $x {{y}} ',
  'שלום עולם مرحبا بالعالم \u202etxet\u202c ',
  'a\u2028line\u2029separator\u0085next ',
  'e\u0301 n\u0303 Z\u0351\u036b\u0343 한국어 日本語 ',
  'tab\tline\r\nbell\u0007escape\u001bdelete\u007funit\u0001 ',
] as const;

const WHOLE = PIECES.join('');

/** A wild text without line breaks and control characters, short enough for a name. */
export const WILD_LINE = `${PIECES[0]}${PIECES[1]}${PIECES[2]}`.trim();

/** Returns the longest wild text of at most this many bytes of UTF-8; its start contains every piece. */
export function wildText(bytes: number): string {
  const copies = Math.ceil(bytes / Buffer.byteLength(WHOLE));
  const points = [...WHOLE.repeat(copies)];
  let length = 0;
  let end = 0;
  while (end < points.length) {
    length += Buffer.byteLength(points[end] ?? '');
    if (length > bytes) break;
    end += 1;
  }
  return points.slice(0, end).join('');
}

/** Escapes all non-ASCII characters of a JSON text, as many languages do by default. */
export function inAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
