import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../packs/package-root.ts';
import { ask, get, post, problem, receiver, start, theMock } from './testing/admin-client.ts';
import { missedBy } from './testing/documented-names.ts';

const LANTERN = join(PACKAGE_ROOT, 'fixtures/packs/lantern-video');

async function register(body: object, key = 'key'): Promise<string> {
  const answer = await fetch(`${theMock().url}/v3/endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return ((await answer.json()) as { readonly id: string }).id;
}

async function list(query = ''): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await get(`/endpoints${query}`)) as never;
}

describe('/endpoints', () => {
  it('lists the registered endpoints with their status, and not their secrets', async () => {
    await start({ builtIn: false, packs: [LANTERN] });
    const { url } = await receiver(500);
    expect(await list()).toEqual([]);
    const id = await register({ url, events: ['scene.ready', 'scene.broken'] });
    const [endpoint] = await list();
    expect(endpoint).toEqual({
      id,
      pack: 'lantern-video',
      account: expect.stringMatching(/^key-/),
      url,
      events: ['scene.ready', 'scene.broken'],
      status: 'enabled',
      failures: 0,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    for (let n = 0; n < 2; n++) {
      await fetch(`${theMock().url}/v3/scenes`, {
        method: 'POST',
        headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
        body: '{"prompt":"a cat"}',
      });
      await post('/clock', { advance: '1h' });
    }
    expect(await list()).toMatchObject([{ id, status: 'failing', failures: 2 }]);
  });

  it('selects by pack and key, and lists the latest ones', async () => {
    await start({ builtIn: false, packs: [LANTERN] });
    const { url } = await receiver();
    const mine = [await register({ url }), await register({ url })];
    const other = await register({ url }, 'another');
    const ids = async (query: string) => (await list(query)).map(({ id }) => id);
    expect(await ids('')).toEqual([...mine, other]);
    expect(await ids('?apiKey=key')).toEqual(mine);
    expect(await ids('?apiKey=another&pack=lantern-video')).toEqual([other]);
    expect(await ids('?pack=luma')).toEqual([]);
    expect(await ids('?limit=1')).toEqual([other]);
    expect(await ids('?limit=0')).toEqual([]);
    expect((await list())[0]).toMatchObject({ events: null });
  });

  it('refuses other parameters and methods', async () => {
    await start();
    expect((await ask('GET', '/endpoints?state=x')).json).toEqual(problem('BAD_REQUEST', 400));
    expect((await ask('POST', '/endpoints')).status).toBe(405);
  });
});

describe('the tests of endpoints', () => {
  it('cause every documented status', () => {
    expect(missedBy('endpoint-calls')).toEqual([]);
  });
});
