import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLanternStage } from '../fixtures/lantern-stage.ts';
import type { AnsweringReceiver } from '../fixtures/receivers/answering-receiver.ts';
import type { MockServer } from './mock-server.ts';

const stage = createLanternStage();
const { open, receive } = stage;
afterEach(stage.close);

interface Reply {
  readonly id: string;
  readonly state: string;
  readonly secret: string;
  readonly endpoints: readonly { readonly id: string }[];
}

async function call(mock: MockServer, method: string, path: string, body?: object, key = 'key') {
  const response = await fetch(`${mock.url}/v3${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, ...((text === '' ? {} : JSON.parse(text)) as Reply) };
}

const register = (mock: MockServer, fields: object) => call(mock, 'POST', '/endpoints', fields);

async function finish(mock: MockServer, scenario = 'success'): Promise<string> {
  const prompt = `a cat [[scenario:${scenario}]]`;
  const { id } = await call(mock, 'POST', '/scenes', { prompt });
  await mock.clock.advance('1h');
  return id;
}

const sent = ({ posts }: AnsweringReceiver) => posts.map(({ body }) => JSON.parse(body) as Reply);

describe('registered endpoints', () => {
  it('receive the events that they subscribe to, of tasks whose requests name no URL', async () => {
    const [mock, all, failures] = [await open(), await receive(), await receive()];
    const { id: endpointId } = await register(mock, { url: all.origin });
    await register(mock, { url: failures.origin, events: ['scene.broken'] });
    const id = await finish(mock);
    const broken = await finish(mock, 'fail.drawing');
    expect(sent(all).map((one) => [one.id, one.state])).toEqual([
      [id, 'ready'],
      [broken, 'broken'],
    ]);
    expect(sent(failures).map((one) => one.id)).toEqual([broken]);
    expect(mock.tasks.get(id)?.deliveries).toMatchObject([{ endpointId, status: 'acknowledged' }]);
  });

  it('receive the events of tasks that were running when they were registered', async () => {
    const [mock, receiver] = [await open(), await receive()];
    const { id } = await call(mock, 'POST', '/scenes', { prompt: 'a cat' });
    await register(mock, { url: receiver.origin });
    await mock.clock.advance('1h');
    expect(sent(receiver).map((one) => one.id)).toEqual([id]);
  });

  it('belong to one account', async () => {
    const [mock, receiver] = [await open(), await receive()];
    const { id } = await register(mock, { url: receiver.origin });
    await call(mock, 'POST', '/scenes', { prompt: 'a cat' }, 'another');
    await mock.clock.advance('1h');
    expect(receiver.posts).toEqual([]);
    expect((await call(mock, 'GET', `/endpoints/${id}`, undefined, 'another')).status).toBe(404);
    expect((await call(mock, 'GET', '/endpoints', undefined, 'another')).endpoints).toEqual([]);
  });

  it('are listed, updated and deleted, and show their secret only when it is made', async () => {
    const [mock, receiver] = [await open(), await receive()];
    const made = await register(mock, { url: receiver.origin });
    expect([made.status, made.state, made.secret.startsWith('whsec_')]).toEqual([201, 'on', true]);
    const shown = await call(mock, 'GET', `/endpoints/${made.id}`);
    expect([shown.id, 'secret' in shown]).toEqual([made.id, false]);
    expect((await call(mock, 'GET', '/endpoints')).endpoints.map(({ id }) => id)).toEqual([made.id]);
    const rotated = await call(mock, 'POST', `/endpoints/${made.id}/secret`);
    expect([rotated.secret.startsWith('whsec_'), rotated.secret === made.secret]).toEqual([true, false]);
    expect((await call(mock, 'PATCH', `/endpoints/${made.id}`, { state: 'off' })).state).toBe('off');
    await finish(mock);
    expect(receiver.posts).toEqual([]);
    expect((await call(mock, 'DELETE', `/endpoints/${made.id}`)).status).toBe(204);
    expect((await call(mock, 'GET', `/endpoints/${made.id}`)).status).toBe(404);
  });

  it('get a test message from a ping, without retries', async () => {
    const [mock, receiver] = [await open(), await receive(() => ({ status: 500 }))];
    const { id } = await register(mock, { url: receiver.origin });
    expect((await call(mock, 'POST', `/endpoints/${id}/ping`)).status).toBe(200);
    await mock.clock.advance('1h');
    expect(sent(receiver)).toEqual([{ ping: id }]);
    expect(mock.journal.entries({ type: 'endpoint.pinged' })).toMatchObject([
      { outcome: 'rejected', status: 500 },
    ]);
  });

  it('are disabled after too many abandoned deliveries in a row, and count from zero once enabled', async () => {
    let status = 500;
    const [mock, receiver] = [await open(), await receive(() => ({ status }))];
    const { id } = await register(mock, { url: receiver.origin });
    const state = async () => (await call(mock, 'GET', `/endpoints/${id}`)).state;
    await finish(mock);
    status = 200;
    await finish(mock);
    status = 500;
    await finish(mock);
    expect(await state()).toBe('on');
    await finish(mock);
    expect(await state()).toBe('failing');
    const before = receiver.posts.length;
    await finish(mock);
    expect(receiver.posts).toHaveLength(before);
    await call(mock, 'PATCH', `/endpoints/${id}`, { state: 'on' });
    await finish(mock);
    expect(await state()).toBe('on');
  });

  it('get no further attempt of a pending delivery once they are deleted', async () => {
    const [mock, receiver] = [await open(), await receive(() => ({ status: 500 }))];
    const { id: endpointId } = await register(mock, { url: receiver.origin });
    const { id } = await call(mock, 'POST', '/scenes', { prompt: 'a cat' });
    await mock.clock.advance('11s');
    expect(receiver.posts).toHaveLength(1);
    await call(mock, 'DELETE', `/endpoints/${endpointId}`);
    await mock.clock.advance('1h');
    expect(receiver.posts).toHaveLength(1);
    expect(mock.tasks.get(id)?.deliveries[0]?.status).toBe('abandoned');
  });

  it('survive a restart with their state and their secrets', async () => {
    const data = mkdtempSync(join(tmpdir(), 'endpoints-'));
    stage.onClose(() => rmSync(data, { recursive: true, force: true }));
    const receiver = await receive();
    const mock = await open({ data });
    const [kept, off] = [
      await register(mock, { url: receiver.origin }),
      await register(mock, { url: receiver.origin }),
    ];
    await call(mock, 'PATCH', `/endpoints/${off.id}`, { state: 'off' });
    const { id } = await call(mock, 'POST', '/scenes', { prompt: 'a cat' });
    await mock.close();
    const again = await open({ data, seed: 8 });
    await again.clock.advance('1h');
    expect(sent(receiver).map((one) => one.id)).toEqual([id]);
    expect((await call(again, 'GET', `/endpoints/${off.id}`)).state).toBe('off');
    expect((await call(again, 'GET', '/endpoints')).endpoints.map((one) => one.id)).toEqual([
      kept.id,
      off.id,
    ]);
  });

  it('get the last callback of a task again on request', async () => {
    const [mock, receiver] = [await open(), await receive()];
    await register(mock, { url: receiver.origin });
    const id = await finish(mock);
    mock.tasks.redeliver(id);
    await mock.clock.advance('1h');
    expect(sent(receiver).map((one) => one.id)).toEqual([id, id]);
  });

  it.each<[string, number]>([
    ['callback.duplicate', 2],
    ['callback.forged', 2],
    ['callback.never', 0],
  ])('are affected by %s like URLs of requests', async (scenario, posts) => {
    const [mock, receiver] = [await open(), await receive()];
    await register(mock, { url: receiver.origin });
    await finish(mock, scenario);
    expect(receiver.posts).toHaveLength(posts);
  });

  it('refuse what is not a URL', async () => {
    const mock = await open();
    expect((await register(mock, { url: 'ftp://127.0.0.1/' })).status).toBe(422);
    expect((await register(mock, {})).status).toBe(422);
  });
});
