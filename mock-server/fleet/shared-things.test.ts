import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLanternStage } from '../../fixtures/lantern-stage.ts';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';
import type { GivenPost } from '../../fixtures/receivers/answering-receiver.ts';
import { writeSigningPack } from '../../fixtures/signatures/signing-pack.ts';
import type { MockServer, MockServerOptions } from '../index.ts';
import { createMemoryStore } from './memory-store.ts';

const stage = createLanternStage();
const { startMock, receiver, closeAll } = mockAndReceiver({ grace: 200 });
afterEach(async () => {
  await stage.close();
  await closeAll();
});

type Opened = (options: MockServerOptions) => Promise<MockServer>;

async function openTwo(open: Opened, options: MockServerOptions = {}): Promise<[MockServer, MockServer]> {
  const store = createMemoryStore();
  return [await open({ ...options, store }), await open({ ...options, store })];
}

interface Answered {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>> & { readonly id: string };
}

async function call(mock: MockServer, method: string, path: string, body?: object): Promise<Answered> {
  const response = await fetch(mock.url + path, {
    method,
    headers: { authorization: 'Bearer some-key', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: (text === '' ? {} : JSON.parse(text)) as Answered['json'] };
}

const lists = async (mock: MockServer, path: string): Promise<unknown> =>
  (await fetch(`${mock.url}/__admin${path}`)).json();

describe('replicas that share a store', () => {
  it('share registered endpoints: changes by one reach the callbacks and the answers of the other', async () => {
    const [first, second] = await openTwo(stage.open);
    const old = await stage.receive();
    const current = await stage.receive();
    const { id } = (await call(first, 'POST', '/v3/endpoints', { url: old.origin })).json;
    expect((await call(second, 'GET', `/v3/endpoints/${id}`)).json).toMatchObject({ id, url: old.origin });
    await call(second, 'PATCH', `/v3/endpoints/${id}`, { url: current.origin });
    await call(first, 'POST', '/v3/scenes', { prompt: 'a cat' });
    await second.clock.advance('1h');
    expect([old.posts.length, current.posts.length]).toEqual([0, 1]);
    await call(second, 'DELETE', `/v3/endpoints/${id}`);
    expect((await call(first, 'GET', `/v3/endpoints/${id}`)).status).toBe(404);
    expect(await lists(first, '/endpoints')).toEqual([]);
    expect(await lists(first, '/journal')).toEqual(await lists(second, '/journal'));
  });

  it('make a handshake with a URL once', async () => {
    const [first, second] = await openTwo(stage.open);
    const target = await stage.receive(({ body }: GivenPost) => ({ body }));
    const scene = { prompt: 'a cat', callback: target.origin };
    await call(first, 'POST', '/v3/scenes', scene);
    await first.clock.advance('1h');
    await call(second, 'POST', '/v3/scenes', scene);
    await first.clock.advance('1h');
    const challenges = target.posts.filter(({ body }) => 'challenge' in (JSON.parse(body) as object));
    expect([challenges.length, target.posts.length]).toEqual([1, 3]);
  });

  it('share uploads, with their bytes', async () => {
    const [first, second] = await openTwo(startMock);
    const png = readFileSync(join(import.meta.dirname, '../../fixtures/media/cover.png'));
    const sent = { base64Data: `data:image/png;base64,${png.toString('base64')}`, uploadPath: 'images' };
    const { status, json } = await call(first, 'POST', '/api/file-base64-upload', sent);
    const { downloadUrl } = json.data as { readonly downloadUrl: string };
    expect(status).toBe(200);
    const file = await fetch(downloadUrl.replace(first.url, second.url));
    expect(Buffer.from(await file.arrayBuffer())).toEqual(png);
  });

  it('answer a repeated call about the task that the first one derived elsewhere', async () => {
    const [first, second] = await openTwo(startMock);
    const made = await call(first, 'POST', '/api/v1/veo/generate', { prompt: 'a cat', model: 'veo3' });
    const { taskId } = made.json.data as { readonly taskId: string };
    await first.clock.advance('1h');
    const asks = { taskId };
    await call(first, 'POST', '/api/v1/veo/get-4k-video', asks);
    const again = await call(second, 'POST', '/api/v1/veo/get-4k-video', asks);
    expect(again.status).toBe(422);
    expect(await lists(second, '/tasks')).toHaveLength(2);
  });

  it('send the header that a client chose for callbacks, whichever replica makes the attempt', async () => {
    const home = mkdtempSync(join(tmpdir(), 'stuntdouble-headers-'));
    writeSigningPack(home, {
      clientHeader: { name: '$request.body#/header_name', value: '$request.body#/header_value' },
    });
    try {
      const [first, second] = await openTwo(startMock, { builtIn: false, packs: [home] });
      const target = await receiver();
      for (const mock of [first, second, first]) {
        await call(mock, 'POST', '/v1/predictions', {
          ...{ version: 'v', input: { prompt: 'A gull' }, webhook: target.url },
          ...{ header_name: 'x-shared', header_value: 'shared-0f1e2d3c4b5a' },
        });
        await second.clock.advance('1h');
      }
      const sent = await target.received(3);
      expect(new Set(sent.map(({ headers }) => headers['x-shared']))).toEqual(
        new Set(['shared-0f1e2d3c4b5a']),
      );
      expect(JSON.stringify(await lists(second, '/journal'))).not.toContain('shared-0f1e2d3c4b5a');
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
