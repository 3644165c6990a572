import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keyedCall } from '../../fixtures/clients/keyed-call.ts';
import {
  openRawConnection,
  type RawAnswer,
  type RawConnection,
} from '../../fixtures/clients/raw-connection.ts';
import { GENERATE, runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { createMockServer, loadPacks, type MockServer, type Pack } from '../index.ts';
import { EXCERPT_LENGTH } from '../journal/excerpt.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { BODY_LIMIT } from './read-body.ts';

const SUBMIT = '/api/v1/runway/generate';
const EXTEND = '/api/v1/runway/extend';
const DETAILS = '/api/v1/runway/record-detail';
const EXTENSION = { taskId: 'nobody', prompt: 'It runs on', quality: '720p' } as const;

let mock: MockServer;
const open: RawConnection[] = [];
beforeAll(async () => {
  // With a single pack, unknown paths are answered in its envelope.
  const only = { builtIn: false, packs: [join(PACKAGE_ROOT, 'spec/runway')] };
  mock = await createMockServer({ ...only, clock: 'virtual', seed: 7, apiKeys: ['test-key'] }).listen();
});
afterEach(() => {
  for (const connection of open.splice(0)) connection.destroy();
});
afterAll(() => mock.close());

function connect(): RawConnection {
  const connection = openRawConnection(mock.url);
  open.push(connection);
  return connection;
}

interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: string | Buffer;
}

/** @param headers replace or add to the headers of a valid request; null removes one */
function write({ method = 'POST', path = SUBMIT, headers = {}, body = '' }: Request): Buffer {
  const bytes = Buffer.from(body);
  const all: Readonly<Record<string, string | null>> = {
    Host: '127.0.0.1',
    Authorization: 'Bearer test-key',
    'Content-Type': 'application/json',
    'Content-Length': String(bytes.length),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    bytes,
  ]);
}

async function ask(request: Request): Promise<RawAnswer> {
  const connection = connect();
  connection.send(write(request));
  return connection.answer(request.method);
}

/** Expects the vendor's envelope, in which the code is in the body of a 200. */
function envelopeOf({ status, headers, body }: RawAnswer): unknown {
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  return JSON.parse(body.toString('utf8'));
}

async function expectGoodRequestWorks(): Promise<void> {
  const answer = await ask({ body: JSON.stringify(GENERATE) });
  expect(envelopeOf(answer)).toMatchObject({ code: 200, data: { taskId: expect.any(String) } });
}

type Row = readonly [title: string, request: Request, code: number, message: RegExp];

function itAnswers(rows: readonly Row[]): void {
  it.each(rows)('%s', async (_title, request, code, message) => {
    const tasks = mock.tasks.all().length;
    expect(envelopeOf(await ask(request))).toEqual({ code, msg: expect.stringMatching(message) });
    expect(mock.tasks.all()).toHaveLength(tasks);
    await expectGoodRequestWorks();
  });
}

const body = JSON.stringify(GENERATE);
const having = (change: object): string => JSON.stringify({ ...GENERATE, ...change });
const without = (field: string): string => having({ [field]: undefined });
const extending = (change: object): string => JSON.stringify({ ...EXTENSION, ...change });
const DENIED = /^You do not have access permissions$/;

describe('rejects a request without a valid key', () => {
  itAnswers([
    ['a missing key', { body, headers: { Authorization: null } }, 401, DENIED],
    ['an empty key', { body, headers: { Authorization: 'Bearer ' } }, 401, DENIED],
    ['an unknown key', { body, headers: { Authorization: 'Bearer other' } }, 401, DENIED],
    ['another scheme', { body, headers: { Authorization: 'Basic dGVzdC1rZXk=' } }, 401, DENIED],
    [
      'an extension without a key',
      { path: EXTEND, body: extending({}), headers: { Authorization: null } },
      401,
      DENIED,
    ],
    [
      'a poll without a key',
      { method: 'GET', path: `${DETAILS}?taskId=x`, headers: { Authorization: null } },
      401,
      DENIED,
    ],
    ['an invalid body without a key', { body: '{', headers: { Authorization: null } }, 401, DENIED],
    [
      'a huge body without a key',
      { body: Buffer.alloc(BODY_LIMIT + 1), headers: { Authorization: null } },
      401,
      DENIED,
    ],
  ]);
});

describe('names an invalid field', () => {
  const gets = (title: string, text: string, message: RegExp): Row => [title, { body: text }, 422, message];
  itAnswers([
    gets('a missing prompt', without('prompt'), /^prompt is required$/),
    gets('a missing duration', without('duration'), /^duration is required$/),
    gets('a missing quality', without('quality'), /^quality is required$/),
    gets(
      'neither aspectRatio nor image',
      without('aspectRatio'),
      /^aspectRatio is required when imageUrl is not given$/,
    ),
    gets('a prompt that is a number', having({ prompt: 5 }), /^prompt must be a string, got 5$/),
    gets('a prompt that is null', having({ prompt: null }), /^prompt must be a string, got null$/),
    gets(
      'a prompt that is a list',
      having({ prompt: ['cat'] }),
      /^prompt must be a string, got an array \["cat"\]$/,
    ),
    gets(
      'a prompt that is too long',
      having({ prompt: 'x'.repeat(1801) }),
      /^prompt must have at most 1800 .*got 1801$/,
    ),
    gets(
      'a prompt with too many emoji',
      having({ prompt: '🐈'.repeat(1801) }),
      /^prompt must have at most 1800 .*got 1801$/,
    ),
    gets(
      'a duration as a string',
      having({ duration: '5' }),
      /^duration must be a number, got the string "5"$/,
    ),
    gets('an unsupported duration', having({ duration: 7 }), /^duration must be one of 5, 10, got 7$/),
    gets('an infinite duration', body.replace(':5', ':1e999'), /^duration must be one of 5, 10/),
    gets(
      'an unsupported quality',
      having({ quality: '4k' }),
      /^quality must be one of 720p, 1080p, got the string "4k"$/,
    ),
    gets(
      '10 s in 1080p',
      having({ duration: 10, quality: '1080p' }),
      /^quality must be 720p when duration is 10$/,
    ),
    gets('an unsupported aspectRatio', having({ aspectRatio: '2:1' }), /^aspectRatio must be one of 16:9, /),
    gets(
      'an invalid waterMark',
      having({ waterMark: {} }),
      /^waterMark must be a string, got an object \{\}$/,
    ),
    gets(
      'an invalid callback URL',
      having({ callBackUrl: 'here' }),
      /^callBackUrl must be a valid uri, got the string "here"$/,
    ),
    gets('an invalid image URL', having({ imageUrl: 'cat.png' }), /^imageUrl must be a valid uri/),
    gets(
      'a prompt in the prototype only',
      without('prompt').replace('{', '{"__proto__":{"prompt":"a cat"},'),
      /^prompt is required$/,
    ),
    [
      'an extension without a task',
      { path: EXTEND, body: extending({ taskId: undefined }) },
      422,
      /^taskId is required$/,
    ],
    [
      'an extension of a number',
      { path: EXTEND, body: extending({ taskId: 1 }) },
      422,
      /^taskId must be a string, got 1$/,
    ],
    [
      'an extension without a prompt',
      { path: EXTEND, body: extending({ prompt: undefined }) },
      422,
      /^prompt is required$/,
    ],
    [
      'an unknown scenario',
      { body, headers: { 'X-Mock-Scenario': 'fail.nswf' } },
      422,
      /"fail\.nswf".*fail\.nsfw/,
    ],
    [
      'two scenarios',
      { body, headers: { 'X-Mock-Scenario': 'success\r\nX-Mock-Scenario: success' } },
      422,
      /"success, success"/,
    ],
  ]);
});

describe('rejects an invalid body', () => {
  const gets = (title: string, text: string | Buffer, message: RegExp): Row => [
    title,
    { body: text },
    422,
    message,
  ];
  itAnswers([
    gets('an empty body', '', /^the body must be a JSON object$/),
    gets('a truncated body', body.slice(0, 20), /^the body is not JSON: /),
    gets('a body that is not JSON', 'prompt=cat', /^the body is not JSON: /),
    gets('a string', '"cat"', /^the body must be a JSON object$/),
    gets('a list', `[${body}]`, /^the body must be a JSON object$/),
    gets('null', 'null', /^the body must be a JSON object$/),
    gets('a byte order mark', `\uFEFF${body}`, /^the body begins with a byte order mark/),
    gets(
      'bytes that are not UTF-8',
      Buffer.from(having({ prompt: 'caf\u00e9' }), 'latin1'),
      /^the body is not valid UTF-8$/,
    ),
    gets('UTF-16', Buffer.from(`\uFEFF${body}`, 'utf16le'), /^the body is not valid UTF-8$/),
    gets(
      'a duplicate key',
      body.replace('{', '{"prompt":"a dog",'),
      /^duplicate key "prompt" in an object of the body$/,
    ),
    gets(
      'a duplicate key in an unknown field',
      having({ more: {} }).replace('{}', '{"a":1,"a":2}'),
      /^duplicate key "a" in an object of the body$/,
    ),
    gets(
      '200 levels of nesting',
      having({ more: 0 }).replace(':0', `:${'['.repeat(199)}${']'.repeat(199)}`),
      /^the body is nested 200 levels deep; the limit is 100$/,
    ),
    gets(
      'half a million levels of nesting',
      `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
      /^the body is nested 500000 levels deep; the limit is 100$/,
    ),
    gets(
      'a body above the limit',
      having({ prompt: 'x'.repeat(BODY_LIMIT) }),
      /^the body exceeds the limit of 1048576 bytes$/,
    ),
    gets(
      'a prompt slightly below the limit of the body',
      having({ prompt: 'x'.repeat(BODY_LIMIT - 200) }),
      /^prompt must have at most 1800/,
    ),
  ]);
});

describe('rejects an unsupported content type or encoding', () => {
  const sent = (
    headers: Readonly<Record<string, string | null>>,
    bytes: string | Buffer = body,
  ): Request => ({ headers, body: bytes });
  itAnswers([
    [
      'a missing content type',
      sent({ 'Content-Type': null }),
      422,
      /^the Content-Type must be application\/json, got none$/,
    ],
    ['text', sent({ 'Content-Type': 'text/plain' }), 422, /^the Content-Type must be .*, got "text\/plain"$/],
    [
      'a form',
      sent({ 'Content-Type': 'application/x-www-form-urlencoded' }),
      422,
      /^the Content-Type must be application\/json/,
    ],
    [
      'a content type similar to JSON',
      sent({ 'Content-Type': 'application/jsonp' }),
      422,
      /^the Content-Type must be application\/json/,
    ],
    [
      'an unsupported charset',
      sent({ 'Content-Type': 'application/json; charset=iso-8859-1' }),
      422,
      /^the charset .* must be utf-8, got "iso-8859-1"$/,
    ],
    [
      'an empty charset',
      sent({ 'Content-Type': 'application/json; charset=' }),
      422,
      /^the charset .* must be utf-8, got none$/,
    ],
    [
      'compressed',
      sent({ 'Content-Encoding': 'gzip' }, gzipSync(body)),
      422,
      /^the body must be sent without a Content-Encoding, got "gzip"$/,
    ],
    ['an unknown encoding', sent({ 'Content-Encoding': 'rot13' }), 422, /Content-Encoding, got "rot13"$/],
  ]);

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/json ; charset=utf8 ; x=y',
    'application/vnd.api+json',
  ])('accepts %s', async (type) => {
    expect(envelopeOf(await ask(sent({ 'Content-Type': type })))).toMatchObject({ code: 200 });
  });

  it('accepts the encoding "identity"', async () => {
    expect(envelopeOf(await ask(sent({ 'Content-Encoding': 'identity' })))).toMatchObject({ code: 200 });
  });
});

describe('a path without a recognizable vendor', () => {
  it.each([
    ['a very long path', { path: `/${'x'.repeat(10_000)}`, body }, /^POST \/x{199} does not exist$/],
    ['5,000 segments', { path: '/a'.repeat(5000), body }, /^POST \/a[/a]* does not exist$/],
    ['OPTIONS *', { method: 'OPTIONS', path: '*' }, /^OPTIONS \* does not exist$/],
    ['POST to the start page', { method: 'POST', path: '/', body }, /^POST \/ does not exist$/],
  ])('is answered with problem details that list the vendors: %s', async (_title, request, detail) => {
    // Without a key, previous calls cannot identify the vendor.
    const answer = await ask({ ...request, headers: { Authorization: null } });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(answer.body.toString('utf8'))).toMatchObject({
      status: 404,
      code: 'ROUTE_UNKNOWN',
      detail: expect.stringMatching(detail),
      vendors: expect.arrayContaining([expect.objectContaining({ pack: 'runway', paths: '/api/v1/runway' })]),
    });
    await expectGoodRequestWorks();
  });
});

describe('names an unknown path, method or task', () => {
  itAnswers([
    [
      'a path with a repeated prefix',
      { path: `/api/v1${SUBMIT}`, body },
      404,
      /^POST \/api\/v1\/api\/v1\/runway\/generate does not exist/,
    ],
    [
      'a misspelled path',
      { path: '/api/v1/runway/generat', body },
      404,
      /did you mean POST \/api\/v1\/runway\/generate\?$/,
    ],
    [
      'a path in upper case',
      { path: SUBMIT.toUpperCase(), body },
      404,
      /^POST \/API\/V1\/RUNWAY\/GENERATE does not exist/,
    ],
    [
      'a path with a trailing slash',
      { path: `${SUBMIT}/`, body },
      404,
      /did you mean POST \/api\/v1\/runway\/generate\? The path ends with a slash\.$/,
    ],
    ['a GET to submit', { method: 'GET', path: SUBMIT }, 404, /^GET .* does not exist; did you mean POST/],
    [
      'a POST to poll',
      { method: 'POST', path: DETAILS, body },
      404,
      /^POST .* does not exist; did you mean GET/,
    ],
    ['a path with ..', { path: '/api/../../../etc/passwd', body }, 404, /^POST \/api\/\.\..* does not exist/],
    [
      'a path with invalid encoding',
      { path: '/api/v1/%zz%', body },
      404,
      /^POST \/api\/v1\/%zz% does not exist/,
    ],
    ['an unsupported DELETE', { method: 'DELETE', path: SUBMIT }, 404, /^DELETE .* does not exist/],
    [
      'an unknown task',
      { method: 'GET', path: `${DETAILS}?taskId=nobody` },
      404,
      /^nobody is not a known task$/,
    ],
    [
      'a task id with markup',
      { method: 'GET', path: `${DETAILS}?taskId=%3Cscript%3E` },
      404,
      /^<script> is not a known task$/,
    ],
    [
      'a task id with half a character',
      { method: 'GET', path: `${DETAILS}?taskId=%F0%9F` },
      404,
      /^\uFFFD is not a known task$/,
    ],
    [
      'the task id __proto__',
      { method: 'GET', path: `${DETAILS}?taskId=__proto__` },
      404,
      /^__proto__ is not a known task$/,
    ],
    ['a missing task id', { method: 'GET', path: DETAILS }, 422, /^taskId is required in the query$/],
    ['an empty task id', { method: 'GET', path: `${DETAILS}?taskId=` }, 422, /^taskId must not be empty$/],
    [
      'a very long task id',
      { method: 'GET', path: `${DETAILS}?taskId=${'x'.repeat(8000)}` },
      404,
      /^x+ is not a known task$/,
    ],
    ['an extension of an unknown task', { path: EXTEND, body: extending({}) }, 404, /nobody/],
    [
      'an extension of a task id with half a character',
      { path: EXTEND, body: extending({ taskId: '\ud800' }) },
      404,
      /is not a known task/,
    ],
  ]);
});

describe('an invalid request is answered in the envelope of its vendor', () => {
  let all: MockServer;
  beforeAll(async () => {
    all = await createMockServer({ clock: 'virtual' }).listen();
  });
  afterAll(() => all.close());

  const calls = loadPacks().flatMap((pack) =>
    pack.operations
      // Uploads have errors and content types of their own.
      .filter(({ method, type }) => method !== 'GET' && type !== 'upload')
      .map(
        ({ method, path }) =>
          [
            `${pack.name} ${method} ${path}`,
            { pack, method, path: `/${pack.name}${path.replace(/\{[^}]+\}/g, 'x')}` },
          ] as const,
      ),
  );

  it.each(calls)('%s', async (_title, { pack, method, path }) => {
    const { errors, document, bodyLimit } = pack;
    const { authorization = null } = keyedCall(pack, 'test-key').headers;
    const expectAnswer = async (
      request: Request,
      wanted: { readonly status: number; readonly body: string },
    ) => {
      const connection = openRawConnection(all.url);
      open.push(connection);
      connection.send(write({ method, path, ...request }));
      const answer = await connection.answer(method);
      const { status, body: text } = wanted;
      expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status, body: text });
    };
    await expectAnswer({ body, headers: { Authorization: null } }, errors.forRole('unauthorized'));
    // The body of a DELETE is ignored, and its task is unknown.
    const answerFor = (trouble: string) =>
      method === 'DELETE'
        ? errors.forRole('unknownTask', 'x is not a known task')
        : errors.forRole('invalid', trouble);
    const headers = { ...headersOfOneValue(document), Authorization: authorization };
    const twice = 'duplicate key "prompt" in an object of the body';
    await expectAnswer({ body: '{"prompt":"a","prompt":"b"}', headers }, answerFor(twice));
    const large = `the body exceeds the limit of ${bodyLimit} bytes`;
    await expectAnswer({ body: Buffer.alloc(bodyLimit + 1), headers }, answerFor(large));
  });
});

/** Returns the required headers for which a document allows only one value. */
function headersOfOneValue({ components }: Pack['document']): Record<string, string> {
  const fixed = Object.values(components?.parameters ?? {}).flatMap((parameter) => {
    if (!('in' in parameter) || parameter.in !== 'header' || !parameter.required) return [];
    const { default: value } = (parameter.schema ?? {}) as { default?: string };
    return value === undefined ? [] : [[parameter.name, value] as const];
  });
  return Object.fromEntries(fixed);
}

describe('accepts an unusual but valid request', () => {
  it.each([
    ['half a character in the prompt', having({ prompt: 'cat \ud83d' })],
    [
      'fields named like the prototype',
      body.replace('{', '{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}},'),
    ],
    ['100 levels of nesting', having({ more: 0 }).replace(':0', `:${'['.repeat(99)}${']'.repeat(99)}`)],
    ['unknown fields', having({ toString: 'x', hasOwnProperty: null, length: -1 })],
  ])('%s', async (_title, text) => {
    expect(envelopeOf(await ask({ body: text }))).toMatchObject({ code: 200 });
    const { taskId } = (
      JSON.parse((await ask({ body: text })).body.toString()) as { data: { taskId: string } }
    ).data;
    expect((await runwayCalls(mock.url).details(taskId)).body).toMatchObject({ code: 200 });
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });

  it('a body in chunks of one byte', async () => {
    const connection = connect();
    connection.send(write({ headers: { 'Content-Length': null, 'Transfer-Encoding': 'chunked' } }));
    for (const letter of body) connection.send(`1;note="x"\r\n${letter}\r\n`);
    connection.send('0\r\nTrailer: yes\r\n\r\n');
    expect(envelopeOf(await connection.answer())).toMatchObject({ code: 200 });
  });

  it('a sender that waits for 100 Continue', async () => {
    const connection = connect();
    const whole = write({ headers: { Expect: '100-continue' }, body });
    connection.send(whole.subarray(0, whole.length - body.length));
    connection.send(body);
    expect(envelopeOf(await connection.answer())).toMatchObject({ code: 200 });
  });

  it('a client that treats the mock as a proxy', async () => {
    const path = `http://api.example:80${SUBMIT}?x=1#part`;
    expect(envelopeOf(await ask({ path, body }))).toMatchObject({ code: 200 });
    const health = await ask({ method: 'GET', path: 'http://localhost/__admin/health' });
    expect(JSON.parse(health.body.toString())).toMatchObject({ status: 'ok' });
  });

  it('pipelined requests, answered in order', async () => {
    const connection = connect();
    const polls = ['a', 'b', 'c'].map((id) => write({ method: 'GET', path: `${DETAILS}?taskId=${id}` }));
    connection.send(Buffer.concat(polls));
    for (const id of ['a', 'b', 'c']) {
      expect(envelopeOf(await connection.answer())).toMatchObject({ msg: `${id} is not a known task` });
    }
  });

  it('a client that closes its half of the connection after the request', async () => {
    const connection = connect();
    connection.send(write({ body }));
    const answers = await connection.finish();
    expect(answers.map(envelopeOf)).toMatchObject([{ code: 200 }]);
  });

  it('an HTTP/1.0 client without a Host, whose media is at the address it connected to', async () => {
    const connection = connect();
    connection.send(
      write({ body, headers: { Host: null } })
        .toString()
        .replace('HTTP/1.1', 'HTTP/1.0'),
    );
    expect(envelopeOf(await connection.answer())).toMatchObject({ code: 200 });
    expect(mock.tasks.all().at(-1)?.plan.origin).toBe(mock.url);
  });

  it.each(['1.2.3.4.5', '127.0.0.1:99999', '[1:2:3]', 'a b', 'evil"/><script>', 'h:1:2'])(
    'an invalid Host "%s", which is not used in URLs',
    async (host) => {
      expect(envelopeOf(await ask({ body, headers: { Host: host } }))).toMatchObject({ code: 200 });
      expect(mock.tasks.all().at(-1)?.plan.origin).toBe(mock.url);
    },
  );
});

describe('a body above the limit', () => {
  const endless = Buffer.alloc(64 * 1024, 'x');

  it.each([
    ['announced', { 'Content-Length': String(BODY_LIMIT * 100) }],
    ['sent in chunks', { 'Content-Length': null, 'Transfer-Encoding': 'chunked' }],
  ])('is answered while it is being sent, and the connection is closed: %s', async (_title, headers) => {
    const connection = connect();
    connection.send(write({ headers }));
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), endless, Buffer.from('\r\n')]);
    for (let sent = 0; sent <= BODY_LIMIT; sent += endless.length) connection.send(chunk);
    const answer = await connection.answer();
    expect(envelopeOf(answer)).toEqual({ code: 422, msg: 'the body exceeds the limit of 1048576 bytes' });
    expect(answer.headers.get('connection')).toBe('close');
    await connection.closed;
    await expectGoodRequestWorks();
  });

  it('is refused before it is sent when its length is announced', async () => {
    const connection = connect();
    connection.send(write({ headers: { 'Content-Length': '99999999999' } }));
    expect(envelopeOf(await connection.answer())).toMatchObject({ code: 422 });
  });

  it.each([
    ['of a refused request', SUBMIT, `{"x":"${'x'.repeat(BODY_LIMIT - 8)}"}`],
    ['of the built-in receiver', '/__sink', 'x'.repeat(BODY_LIMIT)],
  ])('is shortened in the journal: %s', async (_title, path, text) => {
    await ask({ path, body: text });
    const last = mock.journal.entries().at(-1);
    const kept =
      last?.type === 'sink.received' ? last.body : last?.type === 'request.answered' && last.requestBody;
    expect(kept).toBe(`${text.slice(0, EXCERPT_LENGTH)}… (${BODY_LIMIT} characters in all)`);
  });

  it('is answered with 413 by the built-in receiver', async () => {
    const answer = await ask({ path: '/__sink', body: Buffer.alloc(BODY_LIMIT + 1) });
    expect(answer.status).toBe(413);
    await expectGoodRequestWorks();
  });

  it('is answered with 413 and problem details by the admin API', async () => {
    const answer = await ask({ path: '/__admin/clock', body: Buffer.alloc(BODY_LIMIT + 1, ' ') });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 'BAD_REQUEST', status: 413 });
    await expectGoodRequestWorks();
  });
});

describe('a sender that disconnects', () => {
  it('in the middle of its body gets 400 and leaves no task behind', async () => {
    const tasks = mock.tasks.all().length;
    const connection = connect();
    connection.send(write({ headers: { 'Content-Length': '1000' }, body }));
    expect((await connection.finish()).map(({ status }) => status)).toEqual([400]);
    await expectGoodRequestWorks();
    expect(mock.tasks.all()).toHaveLength(tasks + 1);
  });

  it('with another request in flight does not disturb the mock', async () => {
    const connection = connect();
    // The first request breaks the connection; the second one is in the same packet and has an invalid Host.
    const first = write({ body, headers: { 'X-Mock-Scenario': 'submit.reset' } });
    const second = write({ body, headers: { Host: 'evil"' } });
    connection.send(Buffer.concat([first, second]));
    await connection.closed;
    await expectGoodRequestWorks();
  });
});

describe('a defect of the mock', () => {
  it('is reported as such, and the next request works', async () => {
    const unsubscribe = mock.journal.subscribe(({ type }) => {
      if (type === 'task.submitted') throw new Error('a listener failed');
    });
    const answer = await ask({ body });
    unsubscribe();
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body.toString())).toEqual({
      type: 'urn:stuntdouble:DEFECT',
      code: 'DEFECT',
      status: 500,
      title: 'Internal error in Stunt Double.',
      detail: 'a listener failed',
    });
    await expectGoodRequestWorks();
  });
});
