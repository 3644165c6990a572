import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMockServer, type JournalEntry, type MockServer, type MockServerOptions } from '../../index.ts';
import { PACKAGE_ROOT } from '../../packs/package-root.ts';

const ACME = join(PACKAGE_ROOT, 'fixtures/packs/acme-video');

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

type Answered = Extract<JournalEntry, { type: 'request.answered' }>;

let mock: MockServer;
let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stuntdouble-stray-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));
afterEach(() => mock.close());

async function start(options: MockServerOptions = {}): Promise<void> {
  mock = await createMockServer({ clock: 'virtual', seed: 7, ...options }).listen();
}

/** Sends a request without normalizing its path, which `fetch` would do. */
function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Buffer,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(mock.url, { method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

function last(): Answered {
  const entry = mock.journal.entries({ type: 'request.answered' }).at(-1);
  if (entry?.type !== 'request.answered') throw new Error('nothing was answered');
  return entry;
}

/** Copies the fixture pack into its own folder and extends its lifecycle. */
function acmeWith(name: string, more: string): string {
  const dir = join(home, name);
  cpSync(ACME, dir, { recursive: true });
  const path = join(dir, 'lifecycle.yaml');
  writeFileSync(path, `${readFileSync(path, 'utf8')}\n${more}\n`);
  return dir;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('a call that does not match any operation', () => {
  beforeEach(() => start());

  it.each([
    ['GET', '/api/v1/runway/record-info?taskId=x', 'runway', 'GET /api/v1/runway/record-detail'],
    ['GET', '/api/v1/modify/record-detail', 'luma', 'GET /api/v1/modify/record-info'],
    ['POST', '/runway/pro/generat', 'cometapi', 'POST /runway/pro/generate'],
    ['GET', '/runway/feed', 'cometapi', 'POST /runway/feed'],
    ['GET', '/v1/task/abc', 'runwayml', 'GET /v1/tasks/{id}'],
    ['POST', '/v1/predictions/abc/cancle', 'replicate', 'POST /v1/predictions/{id}/cancel'],
    ['GET', '/v1/predictions/abc/logs', 'replicate', null],
    ['POST', '/api/v1/runwai/generate', 'runway', 'POST /api/v1/runway/generate'],
    [
      'POST',
      '/dream-machine/v1/generation/video',
      'dream-machine',
      'POST /dream-machine/v1/generations/video',
    ],
    ['GET', '/API/V1/RUNWAY/RECORD-DETAIL', 'runway', 'GET /api/v1/runway/record-detail'],
  ])('%s %s is attributed to %s by its prefix and is similar to %s', async (method, path, pack, meant) => {
    await ask(method, path);
    expect(last()).toMatchObject({ route: 'unknown', operation: null, does: null, pack, meant });
  });

  it.each([
    ['//api/v1/runway/generate', 'The path begins with two slashes; does your base URL end with a slash?'],
    ['/api/v1//runway/generate', 'The path contains two consecutive slashes.'],
    ['/api/v1/runway/generate/', 'The path ends with a slash.'],
    [
      '/api/v1/api/v1/runway/generate',
      'The path begins with /api/v1 twice; does your base URL already end with it?',
    ],
    ['/proxy/api/v1/runway/generate', 'The path has an extra prefix; is it part of your base URL?'],
    ['/runway/generate', 'The beginning of the path is missing; is your base URL complete?'],
    ['/api/v1/Runway/generate', 'Paths are case-sensitive.'],
  ])('POST %s is answered with a hint in the envelope of the vendor', async (path, because) => {
    const { status, text } = await ask('POST', path, bearer('k'));
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      code: 404,
      msg: `POST ${path} does not exist; did you mean POST /api/v1/runway/generate? ${because}`,
    });
    expect(last()).toMatchObject({ pack: 'runway', meant: 'POST /api/v1/runway/generate' });
  });

  it.each([
    ['/v1/nothing', 'that of two vendors'],
    ['/favicon.ico', 'unknown'],
    ['/', 'empty'],
    ['/api/v1/nothing', 'that of two vendors with one envelope'],
  ])('POST %s, whose prefix is %s, is answered with problem details', async (path) => {
    const { status, headers, text } = await ask('POST', path, bearer('new'));
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const { vendors, detail } = JSON.parse(text) as { vendors: unknown[]; detail: string };
    expect(detail).toBe(`POST ${path} does not exist`);
    expect(vendors).toHaveLength(mock.packs.length);
    expect(vendors).toContainEqual({
      pack: 'runway',
      title: expect.any(String),
      paths: '/api/v1/runway',
      url: `${mock.url}/api/v1/runway`,
    });
    expect(last()).toMatchObject({ route: 'unknown', pack: null, meant: null, error: 'ROUTE_UNKNOWN' });
  });

  it('is attributed to the vendor that its key has called, before one with a longer path', async () => {
    await ask('POST', '/runway/generate', bearer('new'));
    expect(last()).toMatchObject({ pack: 'runway', meant: 'POST /api/v1/runway/generate' });
    await ask('POST', '/runway/feed', { ...bearer('known'), 'content-type': 'application/json' }, '{}');
    await ask('POST', '/runway/generate', bearer('known'));
    expect(last()).toMatchObject({ pack: 'cometapi' });
  });

  it('is answered with the mounted paths of the vendors', async () => {
    await mock.close();
    await start({ builtIn: false, packs: [ACME], mounts: { 'acme-video': '/acme' } });
    const { text } = await ask('GET', '/nothing');
    expect(JSON.parse(text).vendors).toEqual([
      { pack: 'acme-video', title: 'Acme Video', paths: '/acme/v2/clips', url: `${mock.url}/acme/v2/clips` },
    ]);
    await ask('POST', '/v2/clips', bearer('k'));
    expect(last()).toMatchObject({ pack: 'acme-video', meant: 'POST /acme/v2/clips' });
  });

  it.each(['/video', '/extend', '/feed'])(
    'GET %s, the last segment of an operation, is not attributed to a vendor',
    async (path) => {
      await ask('GET', path);
      expect(last()).toMatchObject({ pack: null, meant: null });
    },
  );

  it("is attributed by a header that occurs in one vendor's document only", async () => {
    await ask('GET', '/v1/nothing', { 'x-runway-version': '2024-11-06' });
    expect(last().pack).toBe('runwayml');
  });

  it('is attributed by an authentication scheme that only one vendor accepts', async () => {
    await ask('GET', '/nothing', { authorization: 'Token r8_x' });
    expect(last().pack).toBe('replicate');
  });

  it('is attributed by previous calls of its key, regardless of other keys', async () => {
    await ask('GET', '/v1/predictions/x', bearer('one'));
    await ask('GET', '/v1/tasks/x', { ...bearer('two'), 'x-runway-version': '2024-11-06' });
    await ask('GET', '/nothing', bearer('one'));
    expect(last().pack).toBe('replicate');
    await ask('GET', '/nothing', bearer('two'));
    expect(last().pack).toBe('runwayml');
    await ask('GET', '/nothing', bearer('three'));
    expect(last().pack).toBeNull();
    mock.reset();
    await ask('GET', '/nothing', bearer('one'));
    expect(last().pack).toBeNull();
  });

  it('is in the metrics and in the journal without a pack', async () => {
    await ask('GET', '/nothing');
    const metrics = await (await fetch(`${mock.url}/__admin/metrics`)).text();
    expect(metrics).toContain('stuntdouble_requests_total{pack="none",operation="none",status="404"} 1');
    const entries = await (await fetch(`${mock.url}/__admin/journal?type=request.answered`)).json();
    expect(entries).toMatchObject([{ pack: null, route: 'unknown' }]);
  });
});

describe('an operation that exists at the vendor but is not mocked', () => {
  const LIST = 'notMocked: [GET /v2/account, "DELETE /v2/files/{id}"]';

  it('is answered with 501 in the envelope of the vendor', async () => {
    await start({ packs: [acmeWith('listed', LIST)] });
    const { status, text } = await ask('DELETE', '/v2/files/7?x=1', bearer('k'));
    expect(status).toBe(501);
    expect(JSON.parse(text)).toEqual({
      error: 'not_implemented',
      message: 'DELETE /v2/files/7 exists at Acme Video but is not mocked',
    });
    expect(last()).toMatchObject({
      route: 'not-mocked',
      pack: 'acme-video',
      meant: null,
      operation: null,
      does: null,
      error: 'not_implemented',
      status: 501,
    });
  });

  it("is answered with the code of the vendor's error table, if there is one", async () => {
    const dir = acmeWith('coded', LIST);
    const path = join(dir, 'lifecycle.yaml');
    const source = readFileSync(path, 'utf8');
    writeFileSync(path, source.replace('when: [rateLimited]', 'when: [rateLimited, notMocked]'));
    await start({ packs: [dir] });
    const { status, text } = await ask('GET', '/v2/account');
    expect([status, JSON.parse(text).error]).toEqual([429, 'too_many']);
  });

  it('is suggested for a similar call', async () => {
    await start({ packs: [acmeWith('near', LIST)] });
    await ask('GET', '//v2/account');
    expect(last()).toMatchObject({ route: 'unknown', pack: 'acme-video', meant: 'GET /v2/account' });
    await ask('POST', '/v2/account');
    expect(last()).toMatchObject({ route: 'unknown', pack: 'acme-video', meant: 'GET /v2/account' });
  });

  it('is answered with problem details when its vendor is ambiguous', async () => {
    const other = acmeWith('other', 'notMocked: [GET /v2/account]');
    const path = join(other, 'lifecycle.yaml');
    writeFileSync(
      path,
      readFileSync(path, 'utf8')
        .replaceAll('acme-video', 'other-video')
        .replace('Acme Video', 'Other Video')
        .concat('auth: { schemes: [Key] }\n'),
    );
    await start({
      builtIn: false,
      packs: [acmeWith('first', LIST), other],
      mounts: { 'other-video': '/other' },
    });
    await ask('GET', '/other/v2/account');
    expect(last()).toMatchObject({ route: 'not-mocked', pack: 'other-video' });
    await mock.close();
    const document = join(other, 'openapi.yaml');
    writeFileSync(document, readFileSync(document, 'utf8').replaceAll('/v2/clips', '/v2/films'));
    await start({ builtIn: false, packs: [acmeWith('second', LIST), other] });
    const { status, text } = await ask('GET', '/v2/account');
    expect(status).toBe(501);
    expect(JSON.parse(text).detail).toBe(
      'GET /v2/account exists at Acme Video and Other Video but is not mocked',
    );
    expect(last()).toMatchObject({ route: 'not-mocked', pack: null });
    await ask('GET', '/v2/account', { authorization: 'Key x' });
    expect(last()).toMatchObject({ route: 'not-mocked', pack: 'other-video' });
  });

  it.each([
    ['GET /v2/clips/{clip}', 'is an operation of the document; remove it from this list'],
    ['POST /v2/clips', 'is an operation of the document; remove it from this list'],
    ['get /v2/account', 'must match pattern'],
    ['GET account', 'must match pattern'],
  ])('must not be listed as "%s"', async (line, because) => {
    const dir = acmeWith(line.replaceAll(/\W/g, '-'), `notMocked: ["${line}"]`);
    expect(() => createMockServer({ packs: [dir] })).toThrow(because);
    await start();
  });
});

describe('a page of another origin', () => {
  const page = { origin: 'http://localhost:5173' };
  const preflight = { ...page, 'access-control-request-method': 'POST' };
  const corsNames = (headers: object): string[] =>
    Object.keys(headers).filter((name) => name.startsWith('access-control'));

  it.each([
    ['by default', undefined],
    ['with the origin of another page', ['http://localhost:3000']],
  ])('cannot call the API %s, because vendors send no CORS headers', async (_when, cors) => {
    await start({ apiKeys: ['k'], ...(cors === undefined ? {} : { cors }) });
    const refused = await ask('OPTIONS', '/api/v1/runway/generate', preflight);
    expect([refused.status, corsNames(refused.headers)]).toEqual([403, []]);
    expect(refused.text).toContain('start with --cors http://localhost:5173');
    expect(last()).toMatchObject({ route: 'preflight', status: 403 });
    const called = await ask('GET', '/api/v1/runway/record-detail?taskId=x', { ...page, ...bearer('k') });
    expect(corsNames(called.headers)).toEqual([]);
    const media = await ask('GET', '/__media/x/video.mp4', page);
    expect(corsNames(media.headers)).toEqual([]);
  });

  it.each([
    ['an origin that is refused', { origin: 'http://localhost:5173' }],
    ['an origin that is allowed', { origin: 'http://localhost:3000' }],
    ['no origin', {}],
  ])('gets an answer that caches do not reuse for another origin: a call with %s', async (_what, headers) => {
    await start({ apiKeys: ['k'], cors: ['http://localhost:3000'] });
    const calls = [
      ['OPTIONS', '/api/v1/runway/generate', { 'access-control-request-method': 'POST' }],
      ['GET', '/api/v1/runway/record-detail?taskId=x', bearer('k')],
      ['GET', '/__media/x/video.mp4', {}],
    ] as const;
    for (const [method, path, more] of calls) {
      expect((await ask(method, path, { ...headers, ...more })).headers, path).toHaveProperty(
        'vary',
        'Origin',
      );
    }
  });

  it.each([[undefined], [['*']]])(
    'gets the same answer as all others when the allowed origins are %j',
    async (cors) => {
      await start({ apiKeys: ['k'], ...(cors === undefined ? {} : { cors }) });
      const { headers } = await ask('GET', '/api/v1/runway/record-detail?taskId=x', {
        ...page,
        ...bearer('k'),
      });
      expect(headers).not.toHaveProperty('vary');
    },
  );

  it.each(['http://localhost:5173', 'http://localhost:5173/', 'HTTP://LOCALHOST:5173'])(
    'can call the API when --cors names its origin: %s',
    async (origin) => {
      await start({ apiKeys: ['k'], cors: ['http://localhost:3000', origin] });
      const { status, headers } = await ask('OPTIONS', '/api/v1/runway/generate', preflight);
      expect(status).toBe(204);
      expect(headers).toMatchObject({ 'access-control-allow-origin': page.origin, vary: 'Origin' });
      expect(headers['access-control-allow-methods']).toContain('POST');
    },
  );

  it.each(['localhost:5173', 'http://localhost:5173/app', 'null', 'http://'])(
    'cannot be allowed as %s, which is not an origin',
    (origin) => {
      expect(() => createMockServer({ cors: [origin] })).toThrow(
        'an origin like http://localhost:5173, or *',
      );
    },
  );
});

describe('a page of any origin, with --cors *', () => {
  beforeEach(() => start({ apiKeys: ['k'], cors: ['*'] }));
  const page = { origin: 'http://localhost:5173' };

  it.each([
    ['POST', '/api/v1/runway/generate', 'runway'],
    ['GET', '/v1/tasks/x', 'runwayml'],
    ['GET', '/api/v1/runway/record-info', 'runway'],
    ['GET', '/nothing', null],
  ])('may send a preflight for %s %s without a key', async (method, path, pack) => {
    const { status, headers, text } = await ask('OPTIONS', path, {
      ...page,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type',
    });
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-allow-methods': expect.stringContaining(method),
    });
    expect(last()).toMatchObject({
      route: 'preflight',
      pack,
      operation: null,
      does: null,
      account: null,
      taskId: null,
      error: null,
      status: 204,
    });
    expect(mock.tasks.all()).toEqual([]);
  });

  it.each([
    ['GET', '/api/v1/runway/record-detail?taskId=x', bearer('k')],
    ['GET', '/api/v1/runway/record-detail?taskId=x', {}],
    ['GET', '/api/v1/runway/nothing', {}],
    ['GET', '/nothing', {}],
  ])('may read the answer to %s %s', async (method, path, headers) => {
    const answer = await ask(method, path, { ...page, ...headers });
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  it('may read media', async () => {
    const { text } = await ask(
      'POST',
      '/v1/predictions',
      { ...bearer('k'), 'content-type': 'application/json' },
      JSON.stringify({ version: 'a'.repeat(64), input: { prompt: 'p' } }),
    );
    await mock.clock.advance('1h');
    const media = await ask('GET', `/__media/${JSON.parse(text).id}/video.mp4`, page);
    expect(media.headers['access-control-allow-origin']).toBe('*');
  });

  it('has CORS headers in its answers, unlike other clients', async () => {
    const { headers } = await ask('GET', '/api/v1/runway/record-detail?taskId=x', bearer('k'));
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each([
    ['no origin', { 'access-control-request-method': 'POST' }],
    ['no requested method', page],
  ])('does not send a preflight with %s, which is an unknown call', async (_title, headers) => {
    await ask('OPTIONS', '/api/v1/runway/generate', headers);
    expect(last()).toMatchObject({ route: 'unknown', pack: 'runway' });
  });
});

describe('the authentication schemes of a pack', () => {
  const codeOf = async (authorization: string): Promise<number> =>
    (await ask('GET', '/v1/predictions/x', { authorization })).status;

  it.each(['Bearer r8_x', 'bearer r8_x', 'BEARER   r8_x', 'Token r8_x', 'token r8_x', 'Bearer r8_x  '])(
    'accept "%s"',
    async (authorization) => {
      await start({ apiKeys: ['r8_x'] });
      expect(await codeOf(authorization)).toBe(404);
      expect(last().account).not.toBeNull();
    },
  );

  it.each(['Basic r8_x', 'r8_x', 'Bearer', 'Bearerr8_x', 'Token', 'Token  ', 'Tokens r8_x'])(
    'reject "%s"',
    async (authorization) => {
      await start({ apiKeys: ['r8_x'] });
      expect(await codeOf(authorization)).toBe(401);
    },
  );

  it('are those of the pack, or Bearer by default', async () => {
    await start({ packs: [acmeWith('schemes', 'auth: { schemes: [Key] }')] });
    expect((await ask('GET', '/v2/clips/x', { authorization: 'KEY k' })).status).toBe(404);
    expect((await ask('GET', '/v2/clips/x', bearer('k'))).status).toBe(401);
    expect((await ask('GET', '/dream-machine/v1/generations/x', { authorization: 'Key k' })).status).toBe(
      401,
    );
    expect((await ask('GET', '/dream-machine/v1/generations/x', bearer('k'))).status).toBe(404);
  });

  it('do not affect the account of a key', async () => {
    await start();
    await codeOf('Bearer r8_x');
    const { account } = last();
    await codeOf('token r8_x');
    expect(last().account).toBe(account);
  });
});

describe('the body limit of a pack', () => {
  const json = { ...bearer('k'), 'content-type': 'application/json' };
  const clip = (length: number) => JSON.stringify({ prompt: 'p', seconds: 5, image: 'x'.repeat(length) });

  it.each([
    ['with a length', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('applies %s, and the refusal names it', async (_title, headers) => {
    await start({ packs: [acmeWith(`limit-${Object.keys(headers).length}`, 'bodyLimit: 2000000')] });
    expect((await ask('POST', '/v2/clips', { ...json, ...headers }, clip(1_900_000))).status).toBe(202);
    const { status, text } = await ask('POST', '/v2/clips', { ...json, ...headers }, clip(2_000_000));
    expect([status, JSON.parse(text).message]).toEqual([422, 'the body exceeds the limit of 2000000 bytes']);
  });

  it('does not affect other packs', async () => {
    await start({ packs: [acmeWith('limit-other', 'bodyLimit: 2000000')] });
    const { text } = await ask('POST', '/api/v1/runway/generate', json, clip(1_100_000));
    expect(JSON.parse(text).msg).toBe('the body exceeds the limit of 1048576 bytes');
  });

  it("allows the data URIs that the vendors' clients document", async () => {
    await start();
    const image = `data:image/png;base64,${'A'.repeat(5_000_000)}`;
    const first = await ask(
      'POST',
      '/v1/image_to_video',
      { ...json, 'x-runway-version': '2024-11-06' },
      JSON.stringify({
        model: 'gen4_turbo',
        promptImage: image,
        promptText: 'p',
        ratio: '1280:720',
        duration: 5,
      }),
    );
    expect(first.status).toBe(200);
    const file = `data:application/octet-stream;base64,${'A'.repeat(Math.ceil(10_000_000 / 3) * 4)}`;
    const second = await ask(
      'POST',
      '/v1/predictions',
      json,
      JSON.stringify({ version: 'a'.repeat(64), input: { prompt: 'p', image: file } }),
    );
    expect(second.status).toBe(201);
    expect(JSON.parse(second.text).input.image).toHaveLength(file.length);
  });
});
