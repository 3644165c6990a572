import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { type RedisProcess, startRedis } from '../../fixtures/fleet/redis-process.ts';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';
import { createRedisStore } from './redis-store.ts';

const { startMock, receiver, closeAll } = mockAndReceiver({ grace: 200 });
let redis: RedisProcess;
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(closeAll);
afterAll(async () => {
  await redis.close();
});

async function adminGet(url: string, path: string): Promise<unknown> {
  return (await fetch(`${url}/__admin${path}`)).json();
}

describe('two mocks on one Redis', () => {
  it('share tasks, make each callback once, and show the same journal', async () => {
    const address = `${redis.url()}?prefix=mocks`;
    const first = await startMock({ clock: 'virtual', store: createRedisStore(address) });
    const second = await startMock({ clock: 'virtual', store: createRedisStore(address) });
    const { url, received } = await receiver(500, 200);
    const { taskId } = await runwayCalls(first.url).generate({ callBackUrl: url });
    const { body } = await runwayCalls(second.url).details(taskId);
    expect(body).toMatchObject({ code: 200, data: { taskId } });
    const moved = await fetch(`${second.url}/__admin/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advance: '1d' }),
    });
    expect(moved.status).toBe(200);
    expect(await received(2)).toHaveLength(2);
    expect(await adminGet(first.url, '/journal')).toEqual(await adminGet(second.url, '/journal'));
  });
});
