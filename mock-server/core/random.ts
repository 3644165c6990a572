import type { IdForm, IdNotation, IdShape } from './types.ts';

/** A stream of pseudorandom numbers that depends only on its seed. Used instead of `Math.random` for reproducible runs. */
export interface Random {
  /** Returns a number in [0, 1). */
  next(): number;
  /** Returns an integer in [min, max]. */
  between(min: number, max: number): number;
  id(form: IdForm): string;
}

type Lanes = [number, number, number, number];

/** Returns a 128-bit digest of a text as 32 hexadecimal digits. Fast and well mixed, but not cryptographic. */
export function digest(text: string): string {
  return hashLanes(text).map(hex8).join('');
}

/** Creates a stream of numbers. @param seed any text; equal seeds give equal streams */
export function createRandom(seed: string): Random {
  const draw = smallFastCounter(hashLanes(seed));
  const next = (): number => draw() / 4294967296;
  return {
    next,
    between: (min, max) => min + Math.floor(next() * (max - min + 1)),
    id: (form) =>
      typeof form === 'string' ? formatId(form, [draw(), draw(), draw(), draw()]) : shapedId(form, next),
  };
}

/** Hashes a text into four FNV-like lanes that feed each other, so that one changed character changes every lane. */
function hashLanes(text: string): Lanes {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  let c = 0x85ebca6b;
  let d = 0xc2b2ae35;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193) ^ (d >>> 15);
    b = Math.imul(b ^ unit, 0x5bd1e995) ^ (a >>> 13);
    c = Math.imul(c ^ unit, 0x1b873593) ^ (b >>> 16);
    d = Math.imul(d ^ unit, 0xcc9e2d51) ^ (c >>> 14);
  }
  return [avalanche(a ^ d), avalanche(b ^ a), avalanche(c ^ b), avalanche(d ^ c)];
}

function avalanche(lane: number): number {
  let h = lane;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The "small fast counting" generator. It has 128 bits of state, 32 of which are a counter that rules out short cycles. */
function smallFastCounter([seedA, seedB, seedC, seedD]: Lanes): () => number {
  let a = seedA;
  let b = seedB;
  let c = seedC;
  let counter = seedD;
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) draw();
  return draw;
}

/** A number does not begin with zero, and neither do ids of digits, which clients may read as numbers. */
function shapedId({ prefix, characters, length }: IdShape, next: () => number): string {
  const first = characters === DIGITS ? DIGITS.slice(1) : characters;
  let id = prefix;
  for (let at = 0; at < length; at++) {
    const from = at === 0 ? first : characters;
    id += from.charAt(Math.floor(next() * from.length));
  }
  return id;
}

const DIGITS = '0123456789';

function formatId(form: IdNotation, lanes: Lanes): string {
  if (form === 'base32') return asBase32(lanes);
  const hex = lanes.map(hex8).join('');
  return form === 'hex32' ? hex : asUuid(hex);
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Encodes five bits per letter and fills the last letter with zero bits: RFC 4648 without padding. */
function asBase32(lanes: Lanes): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const lane of lanes) {
    for (let shift = 24; shift >= 0; shift -= 8) {
      bits = ((bits << 8) | ((lane >>> shift) & 255)) & 0xfff;
      held += 8;
      while (held >= 5) {
        held -= 5;
        text += BASE32.charAt((bits >>> held) & 31);
      }
    }
  }
  return held === 0 ? text : text + BASE32.charAt((bits << (5 - held)) & 31);
}

/** Formats a random UUID as RFC 9562 requires: version 4, variant 1. */
function asUuid(hex: string): string {
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}

/** The two digits of each byte: numbers are formatted several times as fast with a table as with `toString(16)`. */
const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex8(lane: number): string {
  return hexByte(lane >>> 24) + hexByte(lane >>> 16) + hexByte(lane >>> 8) + hexByte(lane);
}

function hexByte(lane: number): string {
  return HEX_BYTES[lane & 255] ?? '';
}
