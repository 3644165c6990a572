import { describe, expect, it } from 'vitest';
import { ask, problem, start } from './testing/admin-client.ts';
import { missedBy } from './testing/documented-names.ts';

describe('a deeply nested body', () => {
  it('is rejected, and the next call works', async () => {
    await start();
    const deep = `{"scenario":"success","times":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const { json } = await ask('POST', '/scenarios', { raw: deep });
    expect(json).toMatchObject({
      code: 'BAD_REQUEST',
      detail: expect.stringContaining('nested 20001 levels deep'),
    });
    expect((await ask('GET', '/health')).status).toBe(200);
  });
});

describe('the body of an admin call', () => {
  const CALLS = ['/clock', '/scenarios', '/tasks/any/amend', '/report.html'];

  it.each(CALLS)('must be JSON: %s', async (target) => {
    await start();
    expect((await ask('POST', target, { raw: '{"advance":' })).json).toEqual(problem('BAD_REQUEST', 400));
  });

  it.each(CALLS)('must have a JSON content type: %s', async (target) => {
    await start();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { json } = await ask('POST', target, { raw: '{"advance":"1s"}', headers });
    expect(json).toEqual(problem('BAD_REQUEST', 400));
  });

  it.each(CALLS)('must not exceed one megabyte: %s', async (target) => {
    await start();
    const raw = JSON.stringify({ advance: 'x'.repeat(1024 * 1024) });
    expect((await ask('POST', target, { raw })).json).toEqual(problem('BAD_REQUEST', 413));
  });

  it.each(CALLS)('must have a supported charset: %s', async (target) => {
    await start();
    const headers = { 'content-type': 'application/json; charset=latin1' };
    expect((await ask('POST', target, { raw: '{}', headers })).json).toEqual(problem('BAD_REQUEST', 415));
  });

  it('is shortened in the problem details', async () => {
    await start();
    const { text } = await ask('POST', '/clock', { body: { advance: 'x'.repeat(100_000) } });
    expect(text.length).toBeLessThan(1000);
  });

  it.each(['__proto__', 'constructor'])('cannot have the key %s', async (key) => {
    await start();
    const { json } = await ask('POST', '/clock', { raw: `{"${key}":{"advance":"1h"}}` });
    expect(json).toEqual(problem('BAD_REQUEST', 400));
    expect(Object.hasOwn(Object.prototype, 'advance')).toBe(false);
  });
});

describe('the tests of parameters', () => {
  it('cause every status for bodies that cannot be read', () => {
    expect(missedBy('parameters')).toEqual([]);
  });
});
