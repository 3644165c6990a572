import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { present } from './iso-times.ts';

const SECOND = '1970-01-01T00:00:01.000Z';

describe('presenting times', () => {
  it('converts numbers under "at" and "…At" at any depth, also in lists', () => {
    expect(
      present({ at: 1000, dueAt: 1000, steps: [{ at: 1000, state: 's' }], slot: { fromAt: 1000 } }),
    ).toEqual({
      at: SECOND,
      dueAt: SECOND,
      steps: [{ at: SECOND, state: 's' }],
      slot: { fromAt: SECOND },
    });
  });

  it('keeps other values under such names, and numbers under other names', () => {
    const value = { at: null, endsAt: 'soon', flat: 1000, atMs: 1000, At: [1000], durationMs: 5, that: 1000 };
    expect(present(value)).toEqual(value);
  });

  it('does not change data of users, whose fields may have such names', () => {
    const value = {
      request: { createdAt: 1000, at: 1000 },
      headers: { at: 1000 },
      plan: { request: { at: 1 } },
    };
    expect(present(value)).toEqual(value);
  });

  it('does not change the given value', () => {
    const value = { at: 1000, inner: { at: 1000 } };
    present(value);
    expect(value).toEqual({ at: 1000, inner: { at: 1000 } });
  });

  it('preserves each time to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (at) => {
        expect(Date.parse(present({ at }).at)).toBe(at);
      }),
    );
  });

  it('keeps the key __proto__, which JSON may contain', () => {
    const value = JSON.parse('{"__proto__":{"at":1000},"at":1000}');
    expect(JSON.stringify(present(value))).toBe(`{"__proto__":{"at":"${SECOND}"},"at":"${SECOND}"}`);
  });

  it('does not change values without times', () => {
    const value = fc.jsonValue().filter((json) => !/"[^"]*(?:^|")?at"|At":/.test(JSON.stringify(json)));
    fc.assert(
      fc.property(value, (json) => {
        expect(present(json)).toEqual(json);
      }),
    );
  });
});
