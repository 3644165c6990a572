/**
 * Numbers that JSON.stringify would write differently: `1.0`, `1e2`, `-0`, `12345678901234567890`. Vendors that echo
 * a request return such numbers unchanged, so their original text is kept.
 */

let foundNumeral = false;

/** A number with its original text. Only bodies that contain such numbers are parsed into numerals. */
export class Numeral {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  static textOf(numeral: Numeral): string {
    return numeral.#text;
  }

  /** Notifies `writeJson` that the value contains a numeral. */
  toJSON(): number {
    foundNumeral = true;
    return Number(this.#text);
  }
}

/** Returns whether JSON.stringify would write the number differently. */
export function isOddNumber(text: string): boolean {
  return String(Number(text)) !== text;
}

/** Returns a numeral as a number, for codecs that calculate; returns any other value unchanged. */
export function plainNumber(value: unknown): unknown {
  return value instanceof Numeral ? Number(Numeral.textOf(value)) : value;
}

/** Works like `JSON.stringify`, but keeps the original text of numerals. As fast as JSON.stringify without numerals. */
export function writeJson(value: unknown): string | undefined {
  foundNumeral = false;
  const text = JSON.stringify(value);
  return foundNumeral ? writeWithNumerals(value) : text;
}

function writeWithNumerals(value: unknown): string | undefined {
  if (value instanceof Numeral) return Numeral.textOf(value);
  if (Array.isArray(value)) return `[${value.map((item) => writeWithNumerals(item) ?? 'null').join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).flatMap(([key, member]) => {
    const text = writeWithNumerals(member);
    return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
  });
  return `{${members.join(',')}}`;
}

/** Returns the index of the closing quote of the string at `start`. `indexOf` is five times as fast as a loop. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

const BACKSLASH = 0x5c;

/** Returns whether an odd number of backslashes precedes the character. */
function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}

/** Returns the text of the number that begins at `start`. */
export function numberAt(text: string, start: number): string {
  let end = start + 1;
  while (continuesNumber(text.charCodeAt(end))) end += 1;
  return text.slice(start, end);
}

/** Parses valid JSON into values with numerals. @param text nested at most as deep as the call stack allows */
export function parseWithNumerals(text: string): unknown {
  let at = 0;

  function skip(): string {
    while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at += 1;
    return text.charAt(at);
  }

  function string(): string {
    const start = at;
    at = endOfString(text, at) + 1;
    return JSON.parse(text.slice(start, at)) as string;
  }

  function number(): unknown {
    const written = numberAt(text, at);
    at += written.length;
    return isOddNumber(written) ? new Numeral(written) : Number(written);
  }

  function array(): unknown[] {
    const items: unknown[] = [];
    at += 1;
    while (skip() !== ']') {
      if (text.charAt(at) === ',') at += 1;
      else items.push(value());
    }
    at += 1;
    return items;
  }

  function object(): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    at += 1;
    while (skip() !== '}') {
      if (text.charAt(at) === ',') {
        at += 1;
        continue;
      }
      const key = string();
      skip();
      at += 1;
      // An assignment to the key `__proto__` would set the prototype.
      Object.defineProperty(members, key, {
        value: value(),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    at += 1;
    return members;
  }

  function word(): boolean | null {
    const first = text.charAt(at);
    at += first === 'f' ? 5 : 4;
    return first === 'n' ? null : first === 't';
  }

  function value(): unknown {
    switch (skip()) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return string();
      case 't':
      case 'f':
      case 'n':
        return word();
      default:
        return number();
    }
  }

  return value();
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** Returns whether JSON text contains numbers that JSON.stringify would write differently. */
export function hasOddNumbers(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at);
    else if (beginsNumber(unit)) {
      const written = numberAt(text, at);
      if (isOddNumber(written)) return true;
      at += written.length - 1;
    }
  }
  return false;
}

export function beginsNumber(unit: number): boolean {
  return unit === MINUS || (unit >= ZERO && unit <= NINE);
}

function continuesNumber(unit: number): boolean {
  return beginsNumber(unit) || '.+eE'.includes(String.fromCharCode(unit));
}
