import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { CodedError, nearest } from './coded-error.ts';

describe('a coded error', () => {
  it('has a code, a title, a message, a remedy and a page of the documentation', () => {
    const error = new CodedError('PORT_TAKEN', 'port 4010 is in use', 'Choose another: --port 0');
    expect(error).toBeInstanceOf(Error);
    expect({ ...error, message: error.message }).toStrictEqual({
      name: 'CodedError',
      code: 'PORT_TAKEN',
      title: 'The port is in use.',
      message: 'port 4010 is in use',
      remedy: 'Choose another: --port 0',
      page: 'docs/reference/error-codes.md#port_taken',
    });
  });

  it('has an empty remedy by default', () => {
    expect(new CodedError('BAD_REQUEST', 'the body is not JSON').remedy).toBe('');
  });
});

const NAMES = ['success', 'fail.nsfw', 'fail.moderator', 'poll.502', 'callback.duplicate', 'media.hang'];

describe('nearest', () => {
  it.each([
    ['a missing letter', 'sucess', 'success'],
    ['an extra letter', 'fail.nsfww', 'fail.nsfw'],
    ['a wrong letter', 'poll.503', 'poll.502'],
    ['two swapped letters', 'fail.nswf', 'fail.nsfw'],
    ['a missing word', 'duplicate', 'callback.duplicate'],
    ['the name itself', 'media.hang', 'media.hang'],
  ])('returns the intended name first: %s', (_, wanted, meant) => {
    expect(nearest(wanted, NAMES)[0]).toBe(meant);
  });

  it('returns an empty list if none of the names is similar', () => {
    expect(nearest('completely-different-and-much-longer-than-any', NAMES)).toStrictEqual([]);
    expect(nearest('anything', [])).toStrictEqual([]);
  });

  it('returns at most three names by default', () => {
    const alike = ['aa', 'ab', 'ac', 'ad', 'ae'];
    expect(nearest('a', alike)).toStrictEqual(['aa', 'ab', 'ac']);
    expect(nearest('a', alike, 1)).toStrictEqual(['aa']);
    expect(nearest('a', alike, 5)).toStrictEqual(alike);
  });

  it('sorts the names by similarity', () => {
    expect(nearest('poll.50', ['poll.5555', 'poll.555', 'poll.50', 'poll.55'], 4)).toStrictEqual([
      'poll.50',
      'poll.55',
      'poll.555',
      'poll.5555',
    ]);
  });

  it('returns only known names, and an exact match first', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ maxLength: 12 })),
        fc.string({ maxLength: 12 }),
        (known, wanted) => {
          const found = nearest(wanted, known);
          expect(found.every((name) => known.includes(name))).toBe(true);
          if (known.includes(wanted)) expect(found[0]).toBe(wanted);
        },
      ),
    );
  });

  it('accepts text of any length', () => {
    expect(nearest('x'.repeat(1_000_000), NAMES)).toStrictEqual([]);
  });
});
