/**
 * Numbers that would not be printed as they were written: `1.0`, `1e2`, `-0`, `12345678901234567890`. Vendors that
 * echo a request send them back as they came, so their text is kept where it matters.
 */

let met = false;

/** A number by its text. Only bodies that have such numbers are ever parsed into them. */
export class Numeral {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  static textOf(numeral: Numeral): string {
    return numeral.#text;
  }

  /** Tells `writeJson` that there is something to write by hand. */
  toJSON(): number {
    met = true;
    return Number(this.#text);
  }
}

/** Whether printing the number would give another text. */
export function isOddNumber(text: string): boolean {
  return String(Number(text)) !== text;
}

/** What a codec that counts has to go by. */
export function plainNumber(value: unknown): unknown {
  return value instanceof Numeral ? Number(Numeral.textOf(value)) : value;
}

/** `JSON.stringify`, with numerals as they were written. Costs nothing where there are none. */
export function writeJson(value: unknown): string | undefined {
  met = false;
  const text = JSON.stringify(value);
  return met ? writeByHand(value) : text;
}

function writeByHand(value: unknown): string | undefined {
  if (value instanceof Numeral) return Numeral.textOf(value);
  if (Array.isArray(value)) return `[${value.map((item) => writeByHand(item) ?? 'null').join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).flatMap(([key, member]) => {
    const text = writeByHand(member);
    return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
  });
  return `{${members.join(',')}}`;
}

/** Where the string that begins at `start` has its closing quote. `indexOf` is five times as fast as looking ourselves. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

const BACKSLASH = 0x5c;

/** Behind an odd number of backslashes. */
function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}

/** The number that begins at `start`. */
export function numberAt(text: string, start: number): string {
  let end = start + 1;
  while (continuesNumber(text.charCodeAt(end))) end += 1;
  return text.slice(start, end);
}

/** Parses what is known to be JSON. @param text not deeper than a stack may be */
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
      // Not by assignment: a key may be `__proto__`.
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

/** Whether JSON text has numbers that would be printed otherwise. */
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
