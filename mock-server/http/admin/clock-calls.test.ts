import { describe, expect, it } from 'vitest';
import { ask, get, post, problem, receiver, start, submit } from './testing/admin-client.ts';
import { missedBy } from './testing/documented-names.ts';

describe('/clock', () => {
  it.each(['real', 'virtual', 'polls'] as const)('shows and advances time in mode %s', async (clock) => {
    await start({ clock });
    const before = await get<{ mode: string; now: string }>('/clock');
    const after = await post<{ mode: string; now: string }>('/clock', { advance: '14d' });
    expect([before.mode, after.mode]).toEqual([clock, clock]);
    expect(Date.parse(after.now) - Date.parse(before.now)).toBeGreaterThanOrEqual(14 * 86_400_000);
  });

  it.each([
    ['2026-02-01T12:00:00Z', '2026-02-01T12:00:00.000Z'],
    ['2026-02-01T12:00:00.250+02:00', '2026-02-01T10:00:00.250Z'],
    ['2026-02-01', '2026-02-01T00:00:00.000Z'],
  ])('sets the time to %s', async (set, now) => {
    await start();
    expect(await post('/clock', { set })).toMatchObject({ now });
  });

  it('has an id that is new after a restart, and the speed', async () => {
    await start({ speed: 20 });
    const before = await get<{ instance: string }>('/clock');
    expect(before).toMatchObject({ speed: 20, next: null, nextAt: null });
    expect(await post('/clock', { advance: '1s' })).toMatchObject({ instance: before.instance });
    await start();
    expect((await get<{ instance: string }>('/clock')).instance).not.toBe(before.instance);
  });

  it('answers after callbacks and their retries have ended', async () => {
    await start();
    const { url, posts } = await receiver(500, 500, 200);
    await submit({ callback: url });
    await post('/clock', { advance: '1h' });
    expect(posts).toHaveLength(3);
  });

  it.each([
    ['a list', []],
    ['no key', {}],
    ['both keys', { advance: '1s', set: '2027-01-01T00:00:00Z' }],
    ['a misspelled key', { advanced: '1s' }],
    ['an additional key', { advance: '1s', speed: 2 }],
    ['a number', { advance: 5 }],
    ['null', { advance: null }],
    ['an invalid duration', { advance: 'soon' }],
    ['a negative duration', { advance: '-1s' }],
    ['an empty duration', { advance: '' }],
    ['an invalid time', { set: 'tomorrow' }],
    ['a time in words', { set: 'Jan 5 2027' }],
    ['a time without a zone', { set: '2027-01-05T00:00:00' }],
    ['a day that does not exist', { set: '2027-01-32' }],
  ])('rejects a body with %s', async (_, body) => {
    await start();
    expect(await post('/clock', body)).toEqual(problem('BAD_REQUEST', 400));
    expect(await get('/clock')).toMatchObject({ now: '2026-01-01T00:00:00.000Z' });
  });

  it('rejects a call without a body', async () => {
    await start();
    expect(await post('/clock')).toEqual(problem('BAD_REQUEST', 400));
  });

  it('rejects a time in the past', async () => {
    await start();
    expect(await post('/clock', { set: '2025-12-31' })).toEqual(problem('CLOCK_BACKWARDS', 409));
  });

  it.each(['{"advance":"99999999999999d"}', '{"advance":"2922000d"}', '{"set":"9999-12-31"}'])(
    'rejects a time that cannot be formatted: %s',
    async (raw) => {
      await start();
      expect((await ask('POST', '/clock', { raw })).json).toEqual(problem('BAD_REQUEST', 400));
      expect(await get('/health')).toMatchObject({ now: '2026-01-01T00:00:00.000Z' });
    },
  );
});

describe('the tests of the clock', () => {
  it('cause every documented status', () => {
    expect(missedBy('clock-calls')).toEqual([]);
  });
});
