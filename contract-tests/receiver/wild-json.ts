import type { JsonValue, Place } from './callback-shape.ts';

/**
 * Serializes a value as JSON in bytes that usual serializers do not produce: extra spaces and line breaks, unnecessary
 * escapes, and keys in reverse order. Parsing and serializing it again changes the bytes.
 * @param numbersAt object in which numbers may have any form, such as `1.0` and `1e2` for 1 and 100; elsewhere, programs
 * may expect integers
 */
export function wildJson(value: JsonValue, numbersAt: Place | null = null): string {
  return write(value, [], numbersAt);
}

function write(value: JsonValue, place: Place, numbersAt: Place | null): string {
  if (typeof value === 'string') return wildString(value);
  if (typeof value === 'number')
    return isWithin(place, numbersAt) ? wildNumber(value) : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[ ${value.map((inner, index) => write(inner, [...place, index], numbersAt)).join(' ,\n ')} ]`;
  }
  const pairs = Object.entries(value)
    .reverse()
    .map(([key, inner]) => `${wildString(key)} :\t${write(inner, [...place, key], numbersAt)}`);
  return `{\r\n  ${pairs.join(' , ')}\n}`;
}

function isWithin(place: Place, around: Place | null): boolean {
  return around?.every((key, index) => place[index] === key) ?? false;
}

function wildNumber(value: number): string {
  if (!Number.isSafeInteger(value)) return JSON.stringify(value);
  const zeros = /^[1-9](0+)$/.exec(String(value))?.[1];
  return zeros === undefined ? `${value}.0` : `${String(value)[0]}e${zeros.length}`;
}

/** Escapes slashes and every second non-ASCII character. */
function wildString(text: string): string {
  let beyond = 0;
  return JSON.stringify(text).replace(/\/|[\u007f-\u{10ffff}]/gu, (character) => {
    if (character === '/') return '\\/';
    beyond += 1;
    return beyond % 2 === 0 ? character : escaped(character);
  });
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
