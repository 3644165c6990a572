import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError, nearest } from './coded-error.ts';

describe('a coded error', () => {
  it('says what failed, what was got and what to do', () => {
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

  it('has an empty remedy when its message says it all', () => {
    expect(new CodedError('BAD_REQUEST', 'the body is no JSON').remedy).toBe('');
  });
});

const NAMES = ['success', 'fail.nsfw', 'fail.moderator', 'poll.502', 'callback.duplicate', 'media.hang'];

describe('the nearest names', () => {
  it.each([
    ['a letter too few', 'sucess', 'success'],
    ['a letter too many', 'fail.nsfww', 'fail.nsfw'],
    ['another letter', 'poll.503', 'poll.502'],
    ['two letters that changed places', 'fail.nswf', 'fail.nsfw'],
    ['a word left out', 'duplicate', 'callback.duplicate'],
    ['the name itself', 'media.hang', 'media.hang'],
  ])('begin with the one meant: %s', (_, wanted, meant) => {
    expect(nearest(wanted, NAMES)[0]).toBe(meant);
  });

  it('are none when nothing looks like it', () => {
    expect(nearest('completely-different-and-much-longer-than-any', NAMES)).toStrictEqual([]);
    expect(nearest('anything', [])).toStrictEqual([]);
  });

  it('are three at most unless told otherwise', () => {
    const alike = ['aa', 'ab', 'ac', 'ad', 'ae'];
    expect(nearest('a', alike)).toStrictEqual(['aa', 'ab', 'ac']);
    expect(nearest('a', alike, 1)).toStrictEqual(['aa']);
    expect(nearest('a', alike, 5)).toStrictEqual(alike);
  });

  it('come in order of likeness', () => {
    expect(nearest('poll.50', ['poll.5555', 'poll.555', 'poll.50', 'poll.55'], 4)).toStrictEqual([
      'poll.50',
      'poll.55',
      'poll.555',
      'poll.5555',
    ]);
  });

  it('are names that are known, and contain the wanted one first when it is known', () => {
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

  it('are found in a text of any length', () => {
    expect(nearest('x'.repeat(1_000_000), NAMES)).toStrictEqual([]);
  });
});
