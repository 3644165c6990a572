import { afterEach, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer, type MockServerOptions } from './index.ts';

let mock: MockServer;
afterEach(() => mock.close());

async function start(options: MockServerOptions = {}): Promise<void> {
  mock = await createMockServer({ clock: 'virtual', ...options }).listen();
}

const JSON_HEADERS = { authorization: 'Bearer any', 'content-type': 'application/json' };

async function post(url: string, body: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(url, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

async function get(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url, { headers: JSON_HEADERS })).json()) as Record<string, unknown>;
}

const PREDICTION = { version: 'a'.repeat(64), input: { prompt: 'a cat' } };
const lastRequest = () => mock.journal.entries({ type: 'request.answered' }).at(-1);

describe('a pack', () => {
  it('answers at its name and at the root, and a task can be polled at both', async () => {
    await start();
    const base = mock.urlOf('replicate');
    expect(base).toBe(`${mock.url}/replicate`);
    const { status, json } = await post(`${base}/v1/predictions`, PREDICTION);
    expect(status).toBe(201);
    expect(lastRequest()).toMatchObject({ pack: 'replicate', url: '/replicate/v1/predictions' });
    expect(await get(`${base}/v1/predictions/${json.id}`)).toMatchObject({ id: json.id });
    expect(await get(`${mock.url}/v1/predictions/${json.id}`)).toMatchObject({ id: json.id });
  });

  it('returns URLs of its own API with the prefix of the request', async () => {
    await start();
    const base = mock.urlOf('replicate');
    const prefixed = (await post(`${base}/v1/predictions`, PREDICTION)).json;
    const atRoot = (await post(`${mock.url}/v1/predictions`, PREDICTION)).json;
    expect(prefixed.urls).toMatchObject({ get: `${base}/v1/predictions/${prefixed.id}` });
    expect(atRoot.urls).toMatchObject({ get: `${mock.url}/v1/predictions/${atRoot.id}` });
    const page = await get(`${base}/v1/predictions`);
    expect(page.results).toEqual([
      expect.objectContaining({ id: atRoot.id }),
      expect.objectContaining({ id: prefixed.id }),
    ]);
  });

  it('serves media at the URL of the answer, with and without its prefix', async () => {
    await start();
    const base = mock.urlOf('replicate');
    const { json } = await post(`${base}/v1/predictions`, PREDICTION);
    await mock.clock.advance('10m');
    const { output } = await get(`${base}/v1/predictions/${json.id}`);
    const [url = ''] = [output].flat().map(String);
    expect(url.startsWith(`${base}/__media/`)).toBe(true);
    for (const place of [url, url.replace('/replicate/', '/')]) {
      const response = await fetch(place);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    }
    expect((await fetch(url.replace('/replicate/', '/nobody/'))).status).toBe(404);
  });

  it('gets URLs with its prefix below a public URL', async () => {
    await start({ publicUrl: 'https://mock.example' });
    const { json } = await post(`${mock.url}/replicate/v1/predictions`, PREDICTION);
    expect(json.urls).toMatchObject({ get: `https://mock.example/replicate/v1/predictions/${json.id}` });
  });

  it('is recognized by its prefix in calls that do not exist', async () => {
    await start();
    await get(`${mock.url}/luma/api/v1/modify/record-inf?taskId=1`);
    expect(lastRequest()).toMatchObject({
      route: 'unknown',
      pack: 'luma',
      meant: 'GET /luma/api/v1/modify/record-info',
    });
    await get(`${mock.url}/luma/luma/api/v1/modify/record-info`);
    expect(lastRequest()).toMatchObject({ pack: 'luma', meant: 'GET /luma/api/v1/modify/record-info' });
  });

  it('is listed with its address', async () => {
    await start({ only: ['runway', 'replicate'], mounts: { runway: '/mock/runway' } });
    expect(mock.addresses()).toEqual([
      { pack: 'replicate', url: `${mock.url}/replicate`, isAtRoot: true, displacedBy: null },
      { pack: 'runway', url: `${mock.url}/mock/runway`, isAtRoot: false, displacedBy: null },
    ]);
    expect(() => mock.urlOf('runwai')).toThrow(/the pack "runwai" is not loaded/);
  });
});

describe('a mounted pack', () => {
  it('answers at its prefix and at its name, but not at the root', async () => {
    await start({ mounts: { replicate: '/mock/r' } });
    expect(mock.urlOf('replicate')).toBe(`${mock.url}/mock/r`);
    const { json } = await post(`${mock.url}/mock/r/v1/predictions`, PREDICTION);
    expect(json.urls).toMatchObject({ get: `${mock.url}/mock/r/v1/predictions/${json.id}` });
    expect(await get(`${mock.url}/replicate/v1/predictions/${json.id}`)).toMatchObject({ id: json.id });
    expect((await post(`${mock.url}/v1/predictions`, PREDICTION)).status).toBe(404);
  });
});

describe('the option only', () => {
  it('serves just those packs', async () => {
    await start({ only: ['replicate'] });
    expect(mock.packs.map(({ name }) => name)).toEqual(['replicate']);
    expect((await post(`${mock.url}/v1/predictions`, PREDICTION)).status).toBe(201);
    await post(`${mock.url}/luma/api/v1/modify/generate`, {});
    expect(lastRequest()).toMatchObject({ route: 'unknown', operation: null });
  });

  it.each([
    [['replicat'], /the pack "replicat" in only does not exist/],
    [[], /only must be a list of at least one name/],
  ])('rejects %j', async (only, message) => {
    await start();
    expect(() => createMockServer({ only })).toThrow(message);
  });
});
