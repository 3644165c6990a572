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

const PNG = readFileSync(join(import.meta.dirname, '../fixtures/media/cover.png'));
const KEY = { authorization: 'Bearer key' };

const ANSWER = {
  id: '$upload.id',
  url: '$upload.url',
  name: '$upload.name',
  type: '$upload.type',
  size: '$upload.size',
  until: '$upload.expiresAt | isoDateTime',
  folder: '$request.body#/folder',
};
const RESPONSES = { '200': { description: 'The file.' } };
const post = (operationId: string, content: object, rest: object = {}) => ({
  post: { operationId, requestBody: { content }, responses: RESPONSES, ...rest },
});
const JSON_BODY = { 'application/json': { schema: { type: 'object' } } };
const FORM = {
  'multipart/form-data': {
    schema: {
      type: 'object',
      required: ['file'],
      properties: { file: { type: 'string', format: 'binary' }, folder: { type: 'string', minLength: 2 } },
    },
  },
};

const UPLOADS: PackPatch = {
  lifecycle: {
    uploads: { id: { prefix: 'up_', alphabet: 'base36', length: 12 }, lifetime: '3d' },
    operations: {
      'send-form': { does: 'upload', field: 'file', answer: ANSWER },
      'send-text': {
        does: 'upload',
        base64: '$request.body#/data',
        name: '$request.body#/name',
        answer: ANSWER,
      },
      'send-url': { does: 'upload', url: '$request.body#/source', answer: ANSWER },
      'send-bytes': { does: 'upload', bytes: true, answer: ANSWER },
      announce: { does: 'upload', name: '$request.body#/name', type: '$request.body#/type', answer: ANSWER },
      'send-later': { does: 'upload', bytes: true, upload: '$request.path.id' },
    },
  },
  document: {
    paths: {
      '/v2/form': post('send-form', FORM),
      '/v2/text': post('send-text', JSON_BODY),
      '/v2/url': post('send-url', JSON_BODY),
      '/v2/bytes': post('send-bytes', { 'application/octet-stream': {} }),
      '/v2/announced': post('announce', JSON_BODY),
      '/v2/announced/{id}': {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        put: {
          operationId: 'send-later',
          security: [],
          requestBody: { content: { 'application/octet-stream': {} } },
          responses: RESPONSES,
        },
      },
    },
  },
};

async function start(options: object = {}, patch = UPLOADS): Promise<MockServer> {
  const dir = acmeWith(patch);
  opened.push(() => rmSync(dir, { recursive: true, force: true }));
  const mock = await createMockServer({ clock: 'virtual', seed: 7, packs: [dir], ...options }).listen();
  opened.push(() => mock.close());
  return mock;
}

/** Adds fields to operations of a lifecycle. */
function merged(lifecycle: object | undefined, fields: Readonly<Record<string, object>>): object {
  const { operations, ...rest } = lifecycle as { readonly operations: Readonly<Record<string, object>> };
  const own = Object.entries(fields).map(([id, added]) => [id, { ...operations[id], ...added }] as const);
  return { ...rest, operations: { ...operations, ...Object.fromEntries(own) } };
}

interface Reply {
  readonly id: string;
  readonly url: string;
  readonly size: number;
  readonly message: string;
}

async function send(
  mock: MockServer,
  path: string,
  body: object | Uint8Array | FormData,
  headers: object = KEY,
) {
  const isPlain = !(body instanceof FormData || body instanceof Uint8Array);
  const response = await fetch(`${mock.url}/v2/${path}`, {
    method: 'POST',
    headers: { ...headers, ...(isPlain ? { 'content-type': 'application/json' } : {}) } as Record<
      string,
      string
    >,
    body: isPlain ? JSON.stringify(body) : (body as FormData | Uint8Array<ArrayBuffer>),
  });
  return { status: response.status, ...((await response.json()) as Reply) };
}

function form(fields: Readonly<Record<string, string | Blob>>, name = 'cat one.png'): FormData {
  const data = new FormData();
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value === 'string') data.append(key, value);
    else data.append(key, value, name);
  }
  return data;
}

const picture = (bytes: Uint8Array = PNG): Blob => new Blob([new Uint8Array(bytes)], { type: 'image/png' });

async function bytesAt(url: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}

describe('an upload', () => {
  it('of a form is served with its type, length and ranges until it expires', async () => {
    const mock = await start();
    const sent = await send(mock, 'form', form({ file: picture(), folder: 'pets' }));
    expect(sent).toMatchObject({ status: 200, name: 'cat one.png', type: 'image/png', size: PNG.length });
    expect(sent).toMatchObject({ id: expect.stringMatching(/^up_[\da-z]{12}$/), folder: 'pets' });
    const whole = await fetch(sent.url);
    expect(whole.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(PNG);
    const part = await fetch(sent.url, { headers: { range: 'bytes=1-3' } });
    expect([part.status, await part.text()]).toEqual([206, 'PNG']);
    await mock.clock.advance('71h');
    expect((await fetch(sent.url)).status).toBe(200);
    await mock.clock.advance('1h');
    expect((await fetch(sent.url)).status).toBe(410);
    expect(mock.journal.entries({ type: 'media.served' }).map(({ name }) => name)).toContain('cat%20one.png');
  });

  it('in Base64 may be a data URL, which names its type', async () => {
    const mock = await start();
    const data = PNG.toString('base64');
    const plain = await send(mock, 'text', { data, name: 'a/b/../cat.png' });
    expect(plain).toMatchObject({ status: 200, name: 'cat.png', type: 'image/png', size: PNG.length });
    const named = await send(mock, 'text', { data: `data:image/webp;base64,${data}` });
    expect(named).toMatchObject({ name: 'file.webp', type: 'image/webp' });
    expect(await bytesAt(named.url)).toEqual(PNG);
    for (const invalid of ['', 'a*b', 7, null, 'data:image/png,abc', { length: 3 }]) {
      expect(await send(mock, 'text', { data: invalid })).toMatchObject({
        status: 422,
        message: 'data must be a file in Base64',
      });
    }
  });

  it('of a URL is not fetched: a file of the same type takes its place', async () => {
    const mock = await start();
    const sent = await send(mock, 'url', { source: 'http://127.0.0.1:9/films/storm.mp4?size=1' });
    expect(sent).toMatchObject({ status: 200, name: 'storm.mp4', type: 'video/mp4' });
    const served = await fetch(sent.url);
    expect(served.headers.get('content-type')).toBe('video/mp4');
    expect(Number(served.headers.get('content-length'))).toBe(sent.size);
    const other = await send(mock, 'url', { source: 'https://example.test/' });
    expect(other).toMatchObject({ name: 'file.jpg', type: 'image/jpeg' });
    expect(await send(mock, 'url', { source: 'file:///etc/passwd' })).toMatchObject({ status: 422 });
  });

  it('can be announced, and sent by a second call without a key', async () => {
    const mock = await start();
    const { id, url } = await send(mock, 'announced', { name: 'cat.png', type: 'image/png' });
    expect((await fetch(url)).status).toBe(404);
    const put = (to: string) =>
      fetch(`${mock.url}/v2/announced/${to}`, { method: 'PUT', body: new Uint8Array(PNG) });
    expect((await put('up_unknown')).status).toBe(404);
    const answer = await put(id);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(await bytesAt(url)).toEqual(PNG);
  });

  it('is validated, needs a key, and has the limit of the pack', async () => {
    const mock = await start({}, { ...UPLOADS, lifecycle: { ...UPLOADS.lifecycle, bodyLimit: 100_000 } });
    const short = await send(mock, 'form', form({ file: picture(), folder: 'x' }));
    expect(short).toMatchObject({ status: 422, message: expect.stringContaining('folder') });
    expect(await send(mock, 'form', form({ folder: 'pets' }))).toMatchObject({ status: 422 });
    expect(await send(mock, 'form', form({ file: 'a text' }))).toMatchObject({
      status: 422,
      message: 'file must be a file',
    });
    const broken = new Uint8Array(Buffer.from('--x\r\nnothing'));
    const type = { ...KEY, 'content-type': 'multipart/form-data; boundary=x' };
    expect(await send(mock, 'form', broken, type)).toMatchObject({ status: 422 });
    expect(await send(mock, 'form', form({ file: picture() }), {})).toMatchObject({ status: 401 });
    expect(await send(mock, 'bytes', new Uint8Array(100_001))).toMatchObject({
      status: 422,
      message: 'the body exceeds the limit of 100000 bytes',
    });
    expect(await send(mock, 'bytes', new Uint8Array(0))).toMatchObject({ status: 422 });
  });

  it('is never a page or a script of the mock, even if its type says so', async () => {
    const mock = await start();
    const page = new Blob(['<script>alert(1)</script>'], { type: 'text/html' });
    for (const [file, name] of [
      [page, 'page.html'],
      [new Blob(['<svg/>'], { type: 'image/svg+xml' }), 'a.svg'],
      [page, '__proto__'],
      [page, '../../etc/passwd'],
    ] as const) {
      const { url } = await send(mock, 'form', form({ file }, name));
      const served = await fetch(url);
      expect(served.status).toBe(200);
      expect(served.headers.get('content-type')).toBe('application/octet-stream');
      expect(served.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('has errors of its own', async () => {
    const errors = {
      invalid: { status: 418, body: { because: '$error.message' } },
      unauthorized: { status: 451, body: {} },
    };
    const operations = { 'send-form': { errors } };
    const mock = await start({}, { ...UPLOADS, lifecycle: merged(UPLOADS.lifecycle, operations) });
    const invalid = await send(mock, 'form', form({ folder: 'pets' }));
    expect(invalid).toEqual({ status: 418, because: 'file is required' });
    expect(await send(mock, 'form', form({ file: picture() }), {})).toEqual({ status: 451 });
    expect((await send(mock, 'text', {})).status).toBe(422);
  });

  it('is in the journal without the bytes of its request', async () => {
    const mock = await start();
    await send(mock, 'form', form({ file: picture(), folder: 'pets' }));
    const [entry] = mock.journal.entries({ type: 'request.answered' });
    expect(entry).toMatchObject({ does: 'upload', operation: 'send-form', taskId: null });
    expect(JSON.parse(entry?.requestBody ?? '')).toEqual({
      file: `(cat one.png, image/png, ${PNG.length} bytes)`,
      folder: 'pets',
    });
  });

  it('survives a restart if it is small', async () => {
    const data = mkdtempSync(join(tmpdir(), 'uploads-'));
    opened.push(() => rmSync(data, { recursive: true, force: true }));
    const before = await start({ data });
    const small = await send(before, 'form', form({ file: picture(PNG.subarray(0, 64 * 1024)) }));
    const large = await send(before, 'bytes', new Uint8Array(64 * 1024 + 1));
    expect((await fetch(large.url)).status).toBe(200);
    await before.close();
    const mock = await start({ data });
    const moved = (url: string): string => mock.url + new URL(url).pathname;
    expect(await bytesAt(moved(small.url))).toEqual(PNG.subarray(0, 64 * 1024));
    const lost = await fetch(moved(large.url));
    expect([lost.status, await lost.text()]).toEqual([404, expect.stringContaining('64 KiB')]);
  });

  it('makes room for later ones within the memory that the mock may keep', async () => {
    const mock = await start({ keepBytes: '4mb' });
    const urls: string[] = [];
    for (let n = 0; n < 8; n++) urls.push((await send(mock, 'bytes', new Uint8Array(100_000))).url);
    const found = await Promise.all(urls.map(async (url) => (await fetch(url)).status));
    expect(found).toEqual([404, 404, 404, 200, 200, 200, 200, 200]);
    expect(await send(mock, 'bytes', new Uint8Array(600_000))).toMatchObject({
      status: 500,
      message: expect.stringContaining('--keep-bytes'),
    });
    mock.reset();
    expect((await fetch(urls.at(-1) ?? '')).status).toBe(404);
  });

  it('is described by its pack without contradictions', async () => {
    const problemsOf = async (operations: object, uploads: unknown = UPLOADS.lifecycle) => {
      const dir = acmeWith({ ...UPLOADS, lifecycle: { ...(uploads as object), operations } });
      opened.push(() => rmSync(dir, { recursive: true, force: true }));
      return (await checkPack(dir)).problems.map(({ message }) => message).join();
    };
    const { operations } = UPLOADS.lifecycle as { readonly operations: Readonly<Record<string, object>> };
    expect(await problemsOf(operations)).toBe('');
    const both = { ...operations, 'send-text': { ...operations['send-text'], url: '$request.body#/url' } };
    expect(await problemsOf(both)).toContain('only one of base64 and url can be the file');
    expect(await problemsOf(operations, {})).toContain('"uploads" is required because of this operation');
  });
});
