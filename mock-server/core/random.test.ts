import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { createRandom, digest } from './random.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const HEX_32 = /^[0-9a-f]{32}$/;
const BASE_32 = /^[a-z2-7]{26}$/;
const SEEDS = 100_000;
const GOLDEN = [
  '0ed654ed-1af9-4cae-b33d-dd9f1432dbc1',
  '6630c93b0444b78e23cedfb36125c2f0',
  'b32a19fc914db36a701baa4ef385cc43',
];
const GOLDEN_32 = 'b3lfj3i27fwk54z53wprimw3ye';

function seeds(prefix: string, count = SEEDS): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}${n}`);
}

/** The chi-squared statistic of counts. For random counts it is about as large as the number of counts. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** RFC 4648, section 6, in lowercase and without padding, implemented on text instead of bit shifts. */
function base32(bits: string): string {
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups
    .map((group) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(Number.parseInt(group.padEnd(5, '0'), 2)))
    .join('');
}

function tally(values: Iterable<number>, buckets: number): number[] {
  const counts = Array<number>(buckets).fill(0);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function bitsOf(hex: string): string {
  return [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
}

describe('an id', () => {
  it('is a version 4 UUID, or 32 hexadecimal digits, or 26 letters and digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (seed) => {
        expect(createRandom(seed).id('uuid')).toMatch(UUID_V4);
        expect(createRandom(seed).id('hex32')).toMatch(HEX_32);
        expect(createRandom(seed).id('base32')).toMatch(BASE_32);
      }),
    );
  });

  it('in base32 is the RFC 4648 encoding of the bits of the hexadecimal id', () => {
    // The example of the RFC, section 10, validates the reference implementation.
    expect(base32(bitsOf(Buffer.from('foobar').toString('hex')))).toBe('mzxw6ytboi');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (seed) => {
        const hex = createRandom(seed).id('hex32');
        expect(createRandom(seed).id('base32')).toBe(base32(bitsOf(hex)));
      }),
    );
  });

  it.each(['uuid', 'hex32', 'base32'] as const)('is unique among 100,000 seeds, as %s', (form) => {
    const ids = new Set(seeds('0123456789abcdef.').map((seed) => createRandom(seed).id(form)));
    expect(ids.size).toBe(SEEDS);
  });

  it('of a shape has its prefix and as many of its characters, and no leading zero if they are digits', () => {
    const shape = fc.record({
      prefix: fc.constantFrom('', 'video_'),
      characters: fc.constantFrom('0123456789', '0123456789abcdef', 'ABCDEFGHJK'),
      length: fc.integer({ min: 1, max: 40 }),
      isInteger: fc.constant(false),
    });
    fc.assert(
      fc.property(shape, fc.string(), (form, seed) => {
        const id = createRandom(seed).id(form);
        const random = [...id.slice(form.prefix.length)];
        expect(id.startsWith(form.prefix)).toBe(true);
        expect(random).toHaveLength(form.length);
        expect(random.filter((character) => !form.characters.includes(character))).toEqual([]);
        if (form.characters === '0123456789') expect(random[0]).not.toBe('0');
      }),
    );
  });

  it('of a shape is unique among 100,000 seeds, and uses each character equally often', () => {
    const form = {
      prefix: '',
      characters: '0123456789abcdefghijklmnopqrstuvwxyz',
      length: 16,
      isInteger: false,
    };
    const ids = new Set(seeds('0123456789abcdef.').map((seed) => createRandom(seed).id(form)));
    expect(ids.size).toBe(SEEDS);
    const places = [...ids].flatMap((id) => [...id].map((character) => form.characters.indexOf(character)));
    expect(chiSquare(tally(places, 36))).toBeLessThan(80);
  });

  // Golden payloads and recorded journals depend on it.
  it('is the same in every version and on every machine', () => {
    const random = createRandom('stuntdouble');
    expect([random.id('uuid'), random.id('hex32'), digest('stuntdouble')]).toStrictEqual(GOLDEN);
    expect(createRandom('stuntdouble').id('base32')).toBe(GOLDEN_32);
  });

  it('is unique among 100,000 ids of one stream', () => {
    const random = createRandom('one');
    expect(new Set(seeds('').map(() => random.id('uuid'))).size).toBe(SEEDS);
  });

  it('uses every variant that RFC 9562 allows', () => {
    const variants = new Set(seeds('v', 200).map((seed) => createRandom(seed).id('uuid').charAt(19)));
    expect([...variants].sort()).toStrictEqual(['8', '9', 'a', 'b']);
  });

  it('has each digit about equally often at each position', () => {
    const ids = seeds('', 16_000).map((seed) => createRandom(seed).id('hex32'));
    for (let place = 0; place < 32; place++) {
      const digits = ids.map((id) => Number.parseInt(id.charAt(place), 16));
      // With 15 degrees of freedom, random values exceed 70 once in a billion.
      expect(chiSquare(tally(digits, 16))).toBeLessThan(70);
    }
  });
});

describe('a stream of numbers', () => {
  it('is the same for equal seeds and different for different seeds', () => {
    const take = (seed: string): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 8 }, () => random.next());
    };
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(take(one)).toStrictEqual(take(one));
        if (one !== other) expect(take(other)).not.toStrictEqual(take(one));
      }),
    );
  });

  it('is independent of another stream with the same seed', () => {
    const first = createRandom('seed');
    const second = createRandom('seed');
    const expected = [first.next(), first.next(), first.next()];
    expect([second.next(), second.next(), second.next()]).toStrictEqual(expected);
  });

  it('stays at least 0 and below 1', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const random = createRandom(seed);
        for (let n = 0; n < 20; n++) {
          const value = random.next();
          expect(value >= 0 && value < 1).toBe(true);
        }
      }),
    );
  });

  it('is roughly uniform along one stream and across the first numbers of many', () => {
    const one = createRandom('long');
    const along = Array.from({ length: 20_000 }, () => Math.floor(one.next() * 20));
    const across = seeds('', 20_000).map((seed) => Math.floor(createRandom(seed).next() * 20));
    // With 19 degrees of freedom, random values exceed 80 once in a billion.
    expect(chiSquare(tally(along, 20))).toBeLessThan(80);
    expect(chiSquare(tally(across, 20))).toBeLessThan(80);
  });

  it('has no correlation between consecutive numbers', () => {
    const random = createRandom('pairs');
    const pairs = Array.from({ length: 20_000 }, () => {
      const first = Math.floor(random.next() * 8);
      return first * 8 + Math.floor(random.next() * 8);
    });
    // With 63 degrees of freedom, random values exceed 150 once in a billion.
    expect(chiSquare(tally(pairs, 64))).toBeLessThan(150);
  });
});

describe('a number between two bounds', () => {
  it('is an integer within both bounds, inclusive', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.nat(), (seed, min, span) => {
        const value = createRandom(seed).between(min, min + span);
        expect(Number.isInteger(value)).toBe(true);
        expect(value).toBeGreaterThanOrEqual(min);
        expect(value).toBeLessThanOrEqual(min + span);
      }),
    );
  });

  it('takes each value about equally often', () => {
    const random = createRandom('die');
    const thrown = Array.from({ length: 12_000 }, () => random.between(1, 6) - 1);
    expect(Math.min(...tally(thrown, 6))).toBeGreaterThan(1800);
    expect(chiSquare(tally(thrown, 6))).toBeLessThan(50);
  });

  it('equals both bounds if they are the same', () => {
    expect(createRandom('x').between(5, 5)).toBe(5);
  });
});

describe('a digest', () => {
  it('is 32 hexadecimal digits and the same for equal texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(digest(text)).toMatch(HEX_32);
        expect(digest(text)).toBe(digest(`${text}`));
      }),
    );
  });

  const textAndPlace = fc
    .string({ unit: 'binary', minLength: 1 })
    .chain((text) => fc.tuple(fc.constant(text), fc.nat(text.length - 1)));
  const someUnit = fc.nat(0xffff).map((unit) => String.fromCharCode(unit));

  it('changes in each of its four parts when one character changes', () => {
    fc.assert(
      fc.property(textAndPlace, someUnit, ([text, place], unit) => {
        fc.pre(text.charAt(place) !== unit);
        const changed = digest(text.slice(0, place) + unit + text.slice(place + 1));
        const parts = (hex: string): string[] => hex.match(/.{8}/g) ?? [];
        const same = parts(digest(text)).filter((part, index) => part === parts(changed)[index]);
        expect(same).toStrictEqual([]);
      }),
    );
  });

  it('changes when a character is inserted, removed or swapped with its neighbor', () => {
    fc.assert(
      fc.property(textAndPlace, someUnit, ([text, place], unit) => {
        const before = text.slice(0, place);
        const after = text.slice(place + 1);
        expect(digest(before + unit + text.slice(place))).not.toBe(digest(text));
        expect(digest(before + after)).not.toBe(digest(text));
        const swapped = before + after.charAt(0) + text.charAt(place) + after.slice(1);
        if (swapped !== text) expect(digest(swapped)).not.toBe(digest(text));
      }),
    );
  });

  it('distinguishes an empty text from texts of null characters', () => {
    const texts = ['', '\0', '\0\0', '\0\0\0', ' ', '  '];
    expect(new Set(texts.map(digest)).size).toBe(texts.length);
  });

  it('is unique among 100,000 texts', () => {
    expect(new Set(seeds('7|runway|generate-ai-video|key-1|').map(digest)).size).toBe(SEEDS);
  });

  it('flips about half of its bits when one bit of the text flips', () => {
    const flips = seeds('text ', 2000).map((text, n) => {
      const place = n % text.length;
      const flipped = String.fromCharCode(text.charCodeAt(place) ^ (1 << (n % 7)));
      const other = bitsOf(digest(text.slice(0, place) + flipped + text.slice(place + 1)));
      return [...bitsOf(digest(text))].filter((bit, index) => bit !== other[index]).length;
    });
    const mean = flips.reduce((sum, count) => sum + count, 0) / flips.length;
    expect(mean).toBeGreaterThan(62);
    expect(mean).toBeLessThan(66);
    expect(Math.min(...flips)).toBeGreaterThan(32);
  });
});
