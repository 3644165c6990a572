import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { acmeWith, type PackPatch } from '../fixtures/packs/acme-with.ts';
import { checkPack, createMockServer, type MockServer } from './index.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const ID = [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }];
const OTHER = { description: 'Anything else.' };

const RUNNING = { status: 202, body: { state: '$task.state' } };
const VIDEO = { status: 200, headers: { 'X-Clip': '$task.id', 'X-File': '$media.video.id' }, media: 'video' };
const LINK = { status: 302, redirect: '$media.video.url' };
const answers = (done: object) => ({
  answers: { queued: RUNNING, rendering: RUNNING, done, failed: RUNNING, canceled: RUNNING },
});

const PATCH: PackPatch = {
  lifecycle: {
    operations: {
      'get-bytes': { does: 'poll', task: '$request.path.id', ...answers(VIDEO) },
      'get-link': { does: 'poll', task: '$request.path.id', ...answers(LINK) },
      'get-file': {
        does: 'poll',
        task: '$request.path.id',
        findBy: 'media.video.id',
        ...answers({ status: 200, body: { clip: '$task.id', file: '$media.video.id' } }),
      },
      'list-clips': {
        does: 'list',
        items: 'get-clip',
        filters: { state: '$request.query.state', ids: '$request.query.ids', kind: '$request.query.kind' },
        page: { size: 2, limit: 'limit', offset: 'offset' },
        answer: { clips: '$page.items', more: '$page.hasMore' },
      },
    },
  },
  document: {
    paths: {
      '/v2/clips/{id}/content': {
        parameters: ID,
        get: { operationId: 'get-bytes', responses: { default: OTHER } },
      },
      '/v2/clips/{id}/link': {
        parameters: ID,
        get: { operationId: 'get-link', responses: { default: OTHER } },
      },
      '/v2/files/{id}': { parameters: ID, get: { operationId: 'get-file', responses: { default: OTHER } } },
      '/v2/clips': { get: { operationId: 'list-clips', responses: { default: OTHER } } },
    },
  },
};

function written(patch: PackPatch): string {
  const dir = acmeWith(patch);
  opened.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function start(options: object = {}): Promise<MockServer> {
  const packs = [written(PATCH)];
  const mock = await createMockServer({ clock: 'virtual', seed: 7, packs, ...options }).listen();
  opened.push(() => mock.close());
  return mock;
}

const get = ({ url }: MockServer, path: string, headers: object = {}): Promise<Response> =>
  fetch(`${url}/v2${path}`, { headers: { authorization: 'Bearer key', ...headers }, redirect: 'manual' });

async function submit({ url }: MockServer): Promise<string> {
  const response = await fetch(`${url}/v2/clips`, {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'A storm', seconds: 5 }),
  });
  return ((await response.json()) as { clip_id: string }).clip_id;
}

describe('an answer that is media', () => {
  it('has the bytes of the file when the task is done, and is a download of the task', async () => {
    const mock = await start();
    const id = await submit(mock);
    const early = await get(mock, `/clips/${id}/content`);
    expect([early.status, await early.json()]).toEqual([202, { state: 'queued' }]);
    await mock.clock.advance('1h');
    const whole = await get(mock, `/clips/${id}/content`);
    expect([whole.status, whole.headers.get('content-type'), whole.headers.get('x-clip')]).toEqual([
      200,
      'video/mp4',
      id,
    ]);
    const file = readFileSync(join(import.meta.dirname, '../fixtures/media/clip.mp4'));
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(file);
    const part = await get(mock, `/clips/${id}/content`, { range: 'bytes=4-7' });
    expect([part.status, await part.text()]).toEqual([206, 'ftyp']);
    expect(mock.journal.entries({ type: 'media.served', taskId: id })).toMatchObject([
      { name: 'video.mp4', whole: true },
      { name: 'video.mp4', whole: false, status: 206 },
    ]);
    expect(mock.journal.entries({ type: 'request.answered', taskId: id }).at(-1)).toMatchObject({
      does: 'poll',
      state: 'done',
      status: 206,
      answer: '',
    });
  });

  it('does not exist after the media has expired', async () => {
    const mock = await start();
    const id = await submit(mock);
    await mock.clock.advance('8d');
    expect((await get(mock, `/clips/${id}/content`)).status).toBe(404);
  });

  it('can be a redirect to it', async () => {
    const mock = await start();
    const id = await submit(mock);
    await mock.clock.advance('1h');
    const link = await get(mock, `/clips/${id}/link`);
    expect(link.status).toBe(302);
    expect((await fetch(link.headers.get('location') ?? '')).headers.get('content-type')).toBe('video/mp4');
  });
});

describe('a poll by the id of a file', () => {
  it('finds its task, also after a restart', async () => {
    const data = mkdtempSync(join(tmpdir(), 'files-'));
    opened.push(() => rmSync(data, { recursive: true, force: true }));
    const before = await start({ data });
    const id = await submit(before);
    await before.clock.advance('1h');
    const { pathname } = new URL((await get(before, `/clips/${id}/link`)).headers.get('location') ?? '');
    expect(pathname).toContain(id);
    expect((await get(before, `/files/${id}`)).status).toBe(404);
    const known = await fileIdOf(before, id);
    expect(await (await get(before, `/files/${known}`)).json()).toEqual({ clip: id, file: known });
    await before.close();
    const mock = await start({ data });
    expect(await (await get(mock, `/files/${known}`)).json()).toEqual({ clip: id, file: known });
  });
});

/** Returns the id of a task's file, which an answer about the task contains. */
async function fileIdOf(mock: MockServer, taskId: string): Promise<string> {
  const { headers } = await get(mock, `/clips/${taskId}/content`);
  return headers.get('x-file') ?? '';
}

interface Listed {
  readonly clips: readonly { readonly clip_id: string; readonly state: string }[];
  readonly more: boolean;
}

describe('the filters of a list', () => {
  it('select tasks by state, kind and id before the page is selected', async () => {
    const mock = await start();
    const done = [await submit(mock), await submit(mock), await submit(mock)];
    await mock.clock.advance('1h');
    const queued = await submit(mock);
    const list = async (query: string): Promise<Listed> =>
      (await get(mock, `/clips?${query}`)).json() as never;
    const ids = async (query: string) => (await list(query)).clips.map(({ clip_id }) => clip_id);
    expect(await ids('')).toEqual([queued, done[2]]);
    expect(await ids('state=queued')).toEqual([queued]);
    expect(await list('state=done&offset=2')).toMatchObject({ clips: [{ clip_id: done[0] }], more: false });
    expect(await list('state=done')).toMatchObject({ more: true });
    expect(await ids('state=queued,%20done&limit=9')).toEqual([queued, ...done.toReversed()]);
    expect(await ids(`ids=${done[1]},${queued},absent`)).toEqual([queued, done[1]]);
    expect(await ids(`ids=${done[1]},${queued}&state=done`)).toEqual([done[1]]);
    expect(await ids('kind=film')).toEqual([]);
    expect(await ids('kind=clip&state=__proto__')).toEqual([]);
  });
});

describe('packs check', () => {
  const problemsOf = async (operation: string, fields: object) => {
    const { operations } = PATCH.lifecycle as { readonly operations: Readonly<Record<string, object>> };
    const own = { ...operations, [operation]: { ...operations[operation], ...fields } };
    const { problems } = await checkPack(written({ ...PATCH, lifecycle: { operations: own } }));
    return problems.map(({ message }) => message).join();
  };

  it.each([
    ['get-bytes', {}, ''],
    ['get-bytes', answers({ status: 200, media: 'film' }), 'expected one of video, got "film"'],
    [
      'get-bytes',
      answers({ status: 200, media: 'video', body: {} }),
      'only one of body and media is possible',
    ],
    ['get-link', answers({ status: 200, redirect: '$media.video.url' }), 'expected a status from 300 to 399'],
    ['get-file', { findBy: 'media.film.id' }, 'expected one of media.video.id, got "media.film.id"'],
    ['list-clips', { filters: { state: '$request.nothing' } }, 'unknown expression'],
    ['list-clips', { answer: { status: 200, media: 'video' } }, 'this answer cannot consist of media'],
  ] as const)('%s with %j: %s', async (operation, fields, message) => {
    const problems = await problemsOf(operation, fields);
    if (message === '') expect(problems).toBe('');
    else expect(problems).toContain(message);
  });
});
