import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../fleet/memory-store.ts';
import {
  ask,
  finish,
  get,
  getJournal,
  getTask,
  post,
  problem,
  receiver,
  start,
  submit,
} from './testing/admin-client.ts';
import { DOCUMENT } from './testing/admin-conformance.ts';
import { missedBy } from './testing/documented-names.ts';
import { openEvents } from './testing/event-reader.ts';

describe('GET /health', () => {
  it('reports the status, packs and service time', async () => {
    const { packs } = await start();
    expect(await get('/health')).toMatchObject({
      status: 'ok',
      packs: packs.map(({ name }) => name),
      profiles: { runway: 'documented' },
      now: '2026-01-01T00:00:00.000Z',
    });
  });

  it('sends no ETag, because every answer reflects the current state', async () => {
    await start();
    expect((await ask('GET', '/health')).headers.etag).toBeUndefined();
  });
});

describe('GET /openapi.json', () => {
  it('returns the OpenAPI document of the admin API', async () => {
    await start();
    expect(await get('/openapi.json')).toEqual(DOCUMENT);
  });
});

describe('GET /metrics', () => {
  it('counts what happened in the text format of Prometheus', async () => {
    await start();
    await finish({ callback: (await receiver(500, 200)).url });
    const { text, headers } = await ask('GET', '/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain('stuntdouble_attempts_total{event="runway.generate",outcome="rejected"} 1\n');
    expect(text).toContain('stuntdouble_tasks_total{pack="runway",outcome="success"} 1\n');
    const lines = text.trimEnd().split('\n');
    const METRIC = /^(# (HELP|TYPE) \w+ .+|[a-z_]+(\{([a-z]+="[^"]*"(,[a-z]+="[^"]*")*)?\})? [\d.e+]+)$/;
    expect(lines.filter((line) => !METRIC.test(line))).toEqual([]);
  });
});

describe('the probes', () => {
  it('report that a mock works, and that it takes calls', async () => {
    await start();
    expect(await get('/health/live')).toEqual({ status: 'live' });
    expect(await get('/health/ready')).toEqual({ status: 'ready' });
  });

  it('send the calls to other replicas as soon as one of them stops', async () => {
    const mock = await start({ store: createMemoryStore(), grace: '4s' });
    expect(await get('/health')).toMatchObject({
      replica: expect.any(String),
      replicas: [expect.any(String)],
    });
    const closed = mock.close();
    const answer = await ask('GET', '/health/ready');
    expect([answer.status, answer.json]).toEqual([
      503,
      { status: 'absent', because: 'the mock is stopping' },
    ]);
    expect(answer.headers.connection).toBe('close');
    await closed;
  });
});

describe('POST /reset', () => {
  it('restores the initial state, so that the same calls return the same ids', async () => {
    await start();
    const first = await submit();
    await post('/scenarios', { scenario: 'fail.nsfw' });
    await post('/clock', { advance: '14d' });
    expect((await ask('POST', '/reset')).status).toBe(204);
    expect(await get('/tasks')).toEqual([]);
    expect(await get('/scenarios')).toEqual([]);
    expect(await get('/clock')).toMatchObject({ now: '2026-01-01T00:00:00.000Z' });
    expect(await getJournal()).toMatchObject([{ type: 'server.reset' }]);
    expect(await submit()).toBe(first);
  });

  it('is announced in the event stream', async () => {
    await start();
    const stream = await openEvents('/events?type=server.reset');
    await ask('POST', '/reset');
    expect(await stream.take(2)).toMatchObject([{}, { event: 'server.reset' }]);
  });

  it('clears the metrics', async () => {
    await start();
    await submit();
    expect((await ask('GET', '/metrics')).text).toContain('stuntdouble_tasks_total{');
    await ask('POST', '/reset');
    expect((await ask('GET', '/metrics')).text).not.toContain('stuntdouble_tasks_total{');
  });

  it('rejects parameters', async () => {
    await start();
    const id = await submit();
    expect((await ask('POST', '/reset?apiKey=one')).json).toEqual(problem('BAD_REQUEST', 400));
    expect((await getTask(id)).id).toBe(id);
  });
});

describe('the tests of health, metrics and reset', () => {
  it('cause every documented status and journal entry', () => {
    expect(missedBy('health-calls')).toEqual([]);
  });
});
