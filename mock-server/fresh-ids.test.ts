import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer, type MockServerOptions } from './index.ts';

const mocks: MockServer[] = [];
const dirs: string[] = [];
afterEach(async () => {
  for (const mock of mocks.splice(0)) await mock.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

async function start(options: MockServerOptions = {}): Promise<MockServer> {
  const mock = await createMockServer({ clock: 'virtual', ...options }).listen();
  mocks.push(mock);
  return mock;
}

function dataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-ids-'));
  dirs.push(dir);
  return dir;
}

const CLIP = { promptText: 'a cat', model: 'gen4.5', ratio: '1280:720', duration: 5 };

async function call(
  mock: MockServer,
  method: string,
  path: string,
  body?: object,
  key = 'test',
): Promise<Response> {
  return fetch(mock.url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'x-runway-version': '2024-11-06',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Submits the same request and returns the id of its task. */
async function submit(mock: MockServer, key = 'test'): Promise<string> {
  const response = await call(mock, 'POST', '/v1/text_to_video', CLIP, key);
  const { id } = (await response.json()) as { id: string };
  expect(response.status).toBe(200);
  return id;
}

async function submitMany(mock: MockServer, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push(await submit(mock));
  return ids;
}

describe('an id is not reused', () => {
  it('after its task was deleted', async () => {
    const mock = await start();
    const first = await submit(mock);
    expect((await call(mock, 'DELETE', `/v1/tasks/${first}`)).status).toBe(204);
    await mock.clock.advance('1h');
    await call(mock, 'DELETE', `/v1/tasks/${first}`);
    expect(mock.tasks.get(first)).toBeUndefined();
    expect(await submit(mock)).not.toBe(first);
  });

  it('after its task was removed because many others have ended', async () => {
    const mock = await start({ keep: 2 });
    const ids: string[] = [];
    for (let n = 0; n < 12; n++) {
      ids.push(await submit(mock));
      await mock.clock.advance('1h');
    }
    expect(mock.tasks.all().length).toBeLessThan(12);
    expect(new Set(ids).size).toBe(12);
  });

  it('after a restart, whether its task exists, was deleted or was removed', async () => {
    const data = dataDir();
    const first = await start({ data, keep: 2 });
    const ids = await submitMany(first, 12);
    await call(first, 'DELETE', `/v1/tasks/${ids[3]}`);
    await first.clock.advance('1h');
    await call(first, 'DELETE', `/v1/tasks/${ids[4]}`);
    await first.close();
    const second = await start({ data, keep: 2 });
    ids.push(...(await submitMany(second, 12)));
    expect(new Set(ids).size).toBe(24);
  });

  it('for two keys that send the same request', async () => {
    const mock = await start();
    const ids = [await submit(mock, 'one'), await submit(mock, 'two'), await submit(mock, 'one')];
    expect(new Set(ids).size).toBe(3);
  });

  it('until a reset, which restores the initial state', async () => {
    const data = dataDir();
    const mock = await start({ data });
    const ids = await submitMany(mock, 3);
    mock.reset();
    expect(await submitMany(mock, 2)).toEqual(ids.slice(0, 2));
    await mock.close();
    expect(await submitMany(await start({ data }), 1)).toEqual(ids.slice(2));
  });
});
