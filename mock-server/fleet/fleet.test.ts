import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';
import type { MockServer, MockServerOptions } from '../index.ts';
import { createFleet } from './fleet.ts';
import { createMemoryStore } from './memory-store.ts';

const { startMock, receiver, closeAll } = mockAndReceiver({ grace: 200 });
afterEach(closeAll);

/** Starts replicas that share a store. */
async function startFleet(count: number, options: MockServerOptions = {}): Promise<MockServer[]> {
  const store = createMemoryStore();
  const replicas: MockServer[] = [];
  for (let n = 0; n < count; n++) replicas.push(await startMock({ ...options, store }));
  return replicas;
}

async function adminGet(mock: MockServer, path: string): Promise<unknown> {
  return (await fetch(`${mock.url}/__admin${path}`)).json();
}

async function adminPost(mock: MockServer, path: string, body: unknown): Promise<Response> {
  return fetch(`${mock.url}/__admin${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('a fleet of two replicas', () => {
  it('finds a task on one replica that was submitted to the other, at once', async () => {
    const [first, second] = await startFleet(2, { clock: 'virtual' });
    if (first === undefined || second === undefined) throw new Error('expected two replicas');
    const calls = runwayCalls(first.url);
    for (let n = 0; n < 20; n++) {
      const { taskId } = await calls.generate({ prompt: `take ${n}` });
      const { body } = await runwayCalls(second.url).details(taskId);
      expect(body).toMatchObject({ code: 200, data: { taskId } });
    }
    expect(await adminGet(first, '/tasks')).toEqual(await adminGet(second, '/tasks'));
  });

  it('has made all callbacks and retries when a move of the clock ends, each once', async () => {
    const [first, second] = await startFleet(2, { clock: 'virtual', retries: 2 });
    if (first === undefined || second === undefined) throw new Error('expected two replicas');
    const { url, received } = await receiver(500, 200);
    await runwayCalls(first.url).generate({ callBackUrl: url });
    const moved = await adminPost(second, '/clock', { advance: '1d' });
    expect(moved.status).toBe(200);
    expect(await received(2)).toHaveLength(2);
    const [task] = (await adminGet(first, '/tasks')) as readonly {
      readonly deliveries: readonly unknown[];
    }[];
    expect(task?.deliveries).toMatchObject([
      { status: 'acknowledged', attempts: [{ outcome: 'rejected' }, { outcome: 'acknowledged' }] },
    ]);
    expect(await adminGet(first, '/journal')).toEqual(await adminGet(second, '/journal'));
  });
});

describe('a mock that shares its state', () => {
  it('refuses calls that would change it at once, and names the admin call instead', async () => {
    const [mock] = await startFleet(1);
    if (mock === undefined) throw new Error('expected a replica');
    const calls = [
      () => mock.reset(),
      () => mock.tasks.redeliver('x'),
      () => mock.tasks.amend('x', 'success'),
      () => mock.scenarios.enqueue('success'),
      () => mock.scenarios.clear(),
    ];
    const refusal = { code: 'OPTION_INVALID', remedy: expect.stringContaining('/__admin/') };
    for (const call of calls) expect(call).toThrow(expect.objectContaining(refusal));
    await mock.clock.advance('1m');
  });
});

describe('the state of a fleet', () => {
  it('is not changed outside of commands', () => {
    const secrets = undefined as never;
    const fleet = createFleet({ mode: 'virtual', startAt: null, secrets, observed: secrets });
    expect(() => fleet.shared.next()).toThrow(/by commands only/);
  });
});
