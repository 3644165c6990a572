import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { acmeWith, type PackPatch } from '../fixtures/packs/acme-with.ts';
import { checkPack, createMockServer, type MockServer } from './index.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

function written(patch: PackPatch): string {
  const dir = acmeWith(patch);
  opened.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Starts a mock of the pack with changes; its ids are not those of its document unless that is changed as well. */
async function start(patch: PackPatch, options: { readonly data?: string } = {}): Promise<MockServer> {
  const mock = await createMockServer({
    clock: 'virtual',
    seed: 7,
    packs: [written(patch)],
    ...options,
  }).listen();
  opened.push(() => mock.close());
  return mock;
}

interface Reply {
  readonly clip_id: string | number;
  readonly state: string;
  readonly video: string;
  readonly video_id: unknown;
  readonly message: string;
}

async function call(mock: MockServer, method: string, path: string, body?: object, key = 'key') {
  const response = await fetch(`${mock.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, ...((text === '' ? {} : JSON.parse(text)) as Reply) };
}

const CLIP = { prompt: 'A storm', seconds: 5 };
const submit = (mock: MockServer, fields: object = {}, key?: string) =>
  call(mock, 'POST', '/v2/clips', { ...CLIP, ...fields }, key);
const poll = (mock: MockServer, id: string | number, key?: string) =>
  call(mock, 'GET', `/v2/clips/${encodeURIComponent(id)}`, undefined, key);

/** The schema of ids in the document, in the answer to a submission and in a clip. */
function idSchema(clip_id: object): object {
  const content = { 'application/json': { schema: { properties: { clip_id } } } };
  return {
    paths: { '/v2/clips': { post: { responses: { '202': { content } } } } },
    components: { schemas: { Clip: { properties: { clip_id } } } },
  };
}

describe('the ids of tasks', () => {
  it('are numbers in messages, and are found by them', async () => {
    const id = { alphabet: 'digits', length: 7, as: 'integer' };
    const patch = { lifecycle: { task: { id } }, document: idSchema({ type: 'integer', format: null }) };
    expect((await checkPack(written(patch))).problems.filter(({ severity }) => severity === 'error')).toEqual(
      [],
    );
    const mock = await start(patch);
    const ids = new Set<unknown>();
    for (let n = 0; n < 50; n++) ids.add((await submit(mock)).clip_id);
    expect(ids.size).toBe(50);
    for (const one of ids) expect(one).toEqual(expect.any(Number));
    const [one = ''] = ids as Set<number>;
    expect(await poll(mock, one)).toMatchObject({ status: 200, clip_id: one });
    expect(mock.tasks.get(String(one))?.id).toBe(String(one));
  });

  it('have a prefix, the same for the same seed, and so do those of media', async () => {
    const id = { prefix: 'clip_', alphabet: 'base36', length: 12 };
    const media = { video: { id: { prefix: 'files/', alphabet: 'hex', length: 10 } } };
    const done = { video_id: '$media.video.id' };
    const patch = { lifecycle: { task: { id, media }, operations: { 'get-clip': { answers: { done } } } } };
    const lives: unknown[] = [];
    for (let run = 0; run < 2; run++) {
      const mock = await start(patch);
      const { clip_id } = await submit(mock);
      expect(clip_id).toMatch(/^clip_[\da-z]{12}$/);
      await mock.clock.advance('1h');
      const { video_id } = await poll(mock, clip_id);
      expect(video_id).toMatch(/^files\/[\da-f]{10}$/);
      lives.push([clip_id, video_id]);
    }
    expect(lives[1]).toEqual(lives[0]);
  });

  it('are paths of several segments, under which media is served', async () => {
    const mock = await start(inPath());
    const { clip_id } = await call(mock, 'POST', '/v2/models/fast%20one/clips', CLIP);
    expect(clip_id).toMatch(/^models\/fast one\/clips\/[\da-f-]{36}$/);
    const path = `/v2/${String(clip_id).replace(' ', '%20')}`;
    expect(await call(mock, 'GET', path)).toMatchObject({ status: 200, clip_id, state: 'queued' });
    await mock.clock.advance('1h');
    const { video } = await call(mock, 'GET', path);
    expect((await fetch(video)).headers.get('content-type')).toBe('video/mp4');
    const { entries } = mock.journal;
    expect(entries({ type: 'media.served', taskId: String(clip_id) })).toHaveLength(1);
    const admin = await fetch(`${mock.url}/__admin/tasks/${encodeURIComponent(clip_id)}`);
    expect(await admin.json()).toMatchObject({ id: clip_id, state: 'done' });
  });

  it('need a path with their parameters', async () => {
    const { problems } = await checkPack(
      written({ lifecycle: { task: { id: { notation: 'uuid', in: '{$request.path.model}/{id}' } } } }),
    );
    expect(problems.map(({ message }) => message).join()).toContain('has no parameter "model"');
  });
});

/** The pack with a model in the paths of its operations. */
function inPath(): PackPatch {
  const file = join(import.meta.dirname, '../fixtures/packs/acme-video/openapi.yaml');
  const { paths } = parse(readFileSync(file, 'utf8'), { merge: true }) as {
    readonly paths: Record<string, object>;
  };
  const parameters = [{ name: 'model', in: 'path', required: true, schema: { type: 'string' } }];
  return {
    lifecycle: { task: { id: { notation: 'uuid', in: 'models/{$request.path.model}/clips/{id}' } } },
    document: {
      ...idSchema({ format: null }),
      paths: {
        '/v2/clips': null,
        '/v2/clips/{id}': null,
        '/v2/models/{model}/clips': { ...paths['/v2/clips'], parameters },
        '/v2/{+id}': paths['/v2/clips/{id}'],
      },
    },
  };
}

const ALIASES = {
  lifecycle: { task: { aliases: ['$request.body#/own_id'] } },
  document: { components: { schemas: { ClipRequest: { properties: { own_id: { type: 'string' } } } } } },
};

describe('an id that a client chose', () => {
  it('finds the latest task of the account in polls, cancellations, the library and the admin API', async () => {
    const mock = await start(ALIASES);
    await submit(mock, { own_id: 'storm' });
    const { clip_id } = await submit(mock, { own_id: 'storm' });
    const other = await submit(mock, { own_id: 'storm' }, 'another');
    expect(await poll(mock, 'storm')).toMatchObject({ status: 200, clip_id });
    expect(await poll(mock, 'storm', 'another')).toMatchObject({ clip_id: other.clip_id });
    expect((await poll(mock, 'storm', 'a-third')).status).toBe(404);
    expect((await poll(mock, '__proto__')).status).toBe(404);
    expect(mock.tasks.get(String(clip_id))?.aliases).toEqual(['storm']);
    expect(mock.tasks.get('storm')?.id).toBe(other.clip_id);
    expect((await call(mock, 'DELETE', '/v2/clips/storm')).status).toBe(204);
    expect(mock.tasks.get(String(clip_id))?.state).toBe('canceled');
    const admin = await fetch(`${mock.url}/__admin/tasks/storm`);
    expect(await admin.json()).toMatchObject({ id: other.clip_id, aliases: ['storm'] });
  });

  it('lists the entries of its task in the journal', async () => {
    const mock = await start(ALIASES);
    const { clip_id } = await submit(mock, { own_id: 'storm' });
    await poll(mock, 'storm');
    const answer = await fetch(`${mock.url}/__admin/journal?taskId=storm&type=request.answered`);
    expect(await answer.json()).toMatchObject([{ taskId: clip_id }, { taskId: clip_id, does: 'poll' }]);
  });

  it('finds its task after a restart', async () => {
    const data = mkdtempSync(join(tmpdir(), 'aliases-'));
    opened.push(() => rmSync(data, { recursive: true, force: true }));
    const before = await start(ALIASES, { data });
    const { clip_id } = await submit(before, { own_id: 'storm' });
    await before.close();
    const mock = await start(ALIASES, { data });
    expect(await poll(mock, 'storm')).toMatchObject({ status: 200, clip_id });
  });

  it('is refused when it is in use, with the answer for it, if ids must be unique', async () => {
    const codes = [
      { code: 'in_use', status: 409, when: ['duplicateAlias'], message: 'This id is in use' },
      { code: 'other', status: 500, when: ['internal'], message: 'Something else' },
      { code: 'invalid', status: 422, when: ['invalid', 'unknownTask', 'unauthorized'], message: 'Invalid' },
    ];
    const lifecycle = { task: { ...ALIASES.lifecycle.task, aliasesUnique: true }, errors: { codes } };
    const mock = await start({ ...ALIASES, lifecycle });
    expect((await submit(mock, { own_id: 'storm' })).status).toBe(202);
    const refused = await submit(mock, { own_id: 'storm' });
    expect(refused).toMatchObject({
      status: 409,
      error: 'in_use',
      message: 'storm is already the id of another task',
    });
    expect((await submit(mock, { own_id: 'storm' }, 'another')).status).toBe(202);
    expect((await submit(mock)).status).toBe(202);
    expect((await submit(mock)).status).toBe(202);
    expect(mock.tasks.all()).toHaveLength(4);
  });

  it('needs a place, and an answer when it must be unique', async () => {
    const messages = async (task: object) =>
      (await checkPack(written({ ...ALIASES, lifecycle: { task } }))).problems
        .map(({ message }) => message)
        .join();
    expect(await messages({ aliasesUnique: true })).toContain(
      '"aliasesUnique" has no effect without "aliases"',
    );
    expect(await messages({ ...ALIASES.lifecycle.task, aliasesUnique: true })).toContain(
      'the role "duplicateAlias" is required',
    );
    expect(await messages({ aliases: ['$request.body'] })).not.toBe('');
  });
});
