import { describe, expect, it } from 'vitest';
import type { TaskReport } from '../../index.ts';
import { ask, get, getTask, post, problem, start, submit, theMock } from './testing/admin-client.ts';
import { missedBy } from './testing/documented-names.ts';

describe('/scenarios', () => {
  it('rejects a scenario when the queue is full', async () => {
    await start();
    for (let n = 0; n < 10_000; n++) theMock().scenarios.enqueue('success');
    const body = { scenario: 'success' };
    expect((await ask('POST', '/scenarios', { body })).json).toEqual(problem('QUEUE_FULL', 409));
  });

  it('applies a queued scenario to as many submissions as requested', async () => {
    await start();
    const { status, json } = await ask('POST', '/scenarios', { body: { scenario: 'fail.nsfw', times: 2 } });
    expect([status, json]).toEqual([201, { scenario: 'fail.nsfw', times: 2, account: null, waiting: 1 }]);
    await submit();
    expect(await get('/scenarios')).toEqual([{ scenario: 'fail.nsfw', times: 1, account: null }]);
    await submit();
    await submit();
    expect(await get('/scenarios')).toEqual([]);
    const chosen = (await get<TaskReport[]>('/tasks')).map(({ scenario }) => scenario);
    expect(chosen).toEqual(['fail.nsfw', 'fail.nsfw', 'success']);
  });

  it('returns the start of the queue, up to the limit', async () => {
    await start();
    for (let n = 0; n < 3; n++) await post('/scenarios', { scenario: 'success', times: n + 1 });
    expect(await post('/scenarios', { scenario: 'fail.nsfw' })).toMatchObject({ waiting: 4 });
    expect(await get('/scenarios?limit=2')).toMatchObject([{ times: 1 }, { times: 2 }]);
    expect(await get('/scenarios?limit=none')).toEqual(problem('BAD_REQUEST', 400));
  });

  it('keeps the queues of keys separate', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'one' });
    const other = await getTask(await submit({ key: 'two' }));
    const own = await getTask(await submit({ key: 'one' }));
    expect([other.scenario, own.scenario]).toEqual(['success', 'fail.nsfw']);
  });

  it('clears the queue', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'one' });
    await post('/scenarios', { scenario: 'fail.nsfw' });
    expect((await ask('DELETE', '/scenarios')).status).toBe(204);
    expect(await get('/scenarios')).toEqual([]);
  });

  it('clears the scenarios of one key only', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'one' });
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'two' });
    await post('/scenarios', { scenario: 'success' });
    await ask('DELETE', '/scenarios?apiKey=one');
    expect(await get<unknown[]>('/scenarios')).toHaveLength(2);
    expect((await getTask(await submit({ key: 'one' }))).scenario).toBe('success');
    expect((await getTask(await submit({ key: 'two' }))).scenario).toBe('fail.nsfw');
  });

  it('clears nothing when the parameter is misspelled', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw' });
    expect((await ask('DELETE', '/scenarios?apikey=one')).json).toEqual(problem('BAD_REQUEST', 400));
    expect(await get<unknown[]>('/scenarios')).toHaveLength(1);
  });

  it('suggests scenarios similar to an unknown one', async () => {
    await start();
    const refusal = await post('/scenarios', { scenario: 'fail.nsfv' });
    expect(refusal).toMatchObject({ code: 'SCENARIO_UNKNOWN', remedy: expect.stringContaining('fail.nsfw') });
  });

  it.each([
    {},
    { scenario: '' },
    { scenario: ['success'] },
    { scenario: 'success', times: 0 },
    { scenario: 'success', times: 1.5 },
    { scenario: 'success', times: '2' },
    { scenario: 'success', times: 1_000_001 },
    { scenario: 'success', apiKey: '' },
    { scenario: 'success', time: 2 },
  ])('queues nothing for %j', async (body) => {
    await start();
    expect(await post('/scenarios', body)).toEqual(problem('BAD_REQUEST', 400));
    expect(await get('/scenarios')).toEqual([]);
  });
});

describe('the tests of scenarios', () => {
  it('cause every documented status', () => {
    expect(missedBy('scenario-calls')).toEqual([]);
  });
});
