import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openRawConnection,
  type RawAnswer,
  type RawConnection,
} from '../../fixtures/clients/raw-connection.ts';
import { GENERATE } from '../../fixtures/clients/runway-calls.ts';
import { fc } from '../../fixtures/properties.ts';
import { createMockServer, loadPacks, type MockServer } from '../index.ts';

/** Number of requests: a few in every run, more with `STUNTDOUBLE_FUZZ` (`npm run test:fuzz`). */
const ON_DEMAND = Number(process.env.STUNTDOUBLE_FUZZ ?? 0);
const REQUESTS = ON_DEMAND > 0 ? ON_DEMAND : 300;
const BATCH = 10;
const CONNECTIONS = 4;

/** A request with a known end, which can share a connection with others. All strings are bytes in Latin-1. */
interface Framed {
  readonly type: 'framed';
  readonly method: string;
  /** The placeholder `{task}` is the id of a task that has succeeded. */
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly chunked: boolean;
}

/** Arbitrary bytes, sent on a separate connection that is closed after them. */
interface Loose {
  readonly type: 'loose';
  readonly text: string;
}

let mock: MockServer;
let sent = 0;
const startedAt = performance.now();
const connections = new Map<number, RawConnection>();

beforeAll(async () => {
  mock = await createMockServer({
    clock: 'virtual',
    seed: 7,
    keep: 1000,
    retries: 0,
    ackTimeout: 100,
    slowAnswer: 1,
    judge: () => [],
  }).listen();
  // Loads the modules of the first admin call: Node drops a late answer when its client has closed its half of the
  // connection.
  await fetch(`${mock.url}/__admin/health`);
});
afterAll(async () => {
  for (const connection of connections.values()) connection.destroy();
  await mock.close();
  if (ON_DEMAND === 0) return;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(`${sent} requests of arbitrary bytes were answered in ${seconds} s\n`);
});

describe('a request of arbitrary bytes', () => {
  it(
    'gets a well-formed answer on any route, and the next request works',
    async () => {
      const batch = fc.array(
        fc.oneof({ weight: 4, arbitrary: framed() }, { weight: 1, arbitrary: loose() }),
        {
          minLength: BATCH,
          maxLength: BATCH,
        },
      );
      await fc.assert(fc.asyncProperty(batch, sendBatch), {
        numRuns: Math.ceil(REQUESTS / BATCH),
        // The message names the request that failed; shrinking the batch would take minutes.
        endOnFailure: true,
        // The seed is fixed in normal runs, so that a change is not blamed for an existing defect.
        ...(ON_DEMAND > 0 ? {} : { seed: 20260101 }),
      });
      expect(sent).toBeGreaterThanOrEqual(REQUESTS);
    },
    20_000 + REQUESTS * 20,
  );
});

async function sendBatch(batch: readonly (Framed | Loose)[]): Promise<void> {
  const taskId = await finishedTask();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, index) => {
      for (let n = index; n < batch.length; n += CONNECTIONS) {
        const request = batch[n];
        if (request?.type === 'framed') await sendFramed(index, request, taskId);
        if (request?.type === 'loose') await sendLoose(request);
      }
    }),
  );
  sent += batch.length;
  const health = await sendFramed(0, HEALTH, taskId);
  expect(health.status).toBe(200);
  expect(JSON.parse(health.body.toString())).toMatchObject({ status: 'ok' });
}

const HEALTH: Framed = {
  type: 'framed',
  method: 'GET',
  target: '/__admin/health',
  headers: [],
  body: '',
  chunked: false,
};

/** Returns a task with media. Requests may have reset the mock, so a new one is created if necessary. */
async function finishedTask(): Promise<string> {
  const done = mock.tasks.all().find(({ state }) => state === 'success');
  if (done !== undefined) return done.id;
  return (await mock.tasks.trigger('runway.generate', { to: `${mock.url}/__sink` })).id;
}

async function sendFramed(index: number, request: Framed, taskId: string): Promise<RawAnswer> {
  const known = connections.get(index);
  const connection = known?.isOpen ? known : openRawConnection(mock.url);
  connections.set(index, connection);
  expect(connection.unread, 'bytes after the last answer').toBe(0);
  connection.send(bytesOf(request, taskId));
  const answer = await connection.answer(request.method).catch((error: unknown) => {
    throw new Error(`the answer to ${JSON.stringify(request)}`, { cause: error });
  });
  checkAnswer(answer, [request.target, ...request.headers].join('\n'));
  if (answer.headers.get('connection') === 'close') await connection.closed;
  return answer;
}

async function sendLoose({ text }: Loose): Promise<void> {
  const connection = openRawConnection(mock.url);
  connection.send(Buffer.from(text, 'latin1'));
  const answers = await connection.finish();
  for (const answer of answers) checkAnswer(answer, text);
  if (!mayGoUnanswered(text)) expect(answers, `answers to ${JSON.stringify(text)}`).not.toHaveLength(0);
}

/**
 * Line ends before a request are ignored (RFC 9112, 2.2); everything else is the beginning of a request. After an
 * Upgrade without a listener, Node does not report parser errors, so the connection waits for its timeout.
 */
function mayGoUnanswered(text: string): boolean {
  return /^[\r\n]*$/.test(text) || /^Upgrade:/im.test(text);
}

function bytesOf({ method, target, headers, body, chunked }: Framed, taskId: string): Buffer {
  const chunks = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
  const lines = [
    `${method} ${target.replace('{task}', taskId)} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...headers,
    chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`,
  ];
  const payload = chunked ? `${chunks}0\r\n\r\n` : body;
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${payload}`, 'latin1');
}

const STACK_TRACE = /\n\s+at |node:internal|node_modules|\.ts:\d+/;

/** Checks the content of an answer; reading it has shown that it is well-formed HTTP. */
function checkAnswer({ status, headers, body }: RawAnswer, request: string): void {
  const type = headers.get('content-type') ?? '';
  const text = type.startsWith('video/') ? '' : body.toString('utf8');
  const about = `${status} ${text.slice(0, 300)} for ${JSON.stringify(request)}`;
  expect(text, about).not.toMatch(STACK_TRACE);
  expect(text, about).not.toContain('urn:stuntdouble:DEFECT');
  // Only scenarios and the sink may answer with a server error.
  if (status >= 500) expect(/\/__sink\?|X-Mock-Scenario: /.test(request), about).toBe(true);
  if (text === '' || !/json/.test(type)) return;
  const value: unknown = JSON.parse(text);
  if (type.startsWith('application/problem+json')) {
    expect(value).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  } else if (request.startsWith('/api/v1/runway')) {
    expect(value, about).toMatchObject({ code: expect.any(Number), msg: expect.any(String) });
  }
}

// The requests.

const TARGETS = [
  ...loadPacks().flatMap(({ operations }) =>
    operations.map(({ path }) => path.replace(/\{[^}]+\}/g, '{task}')),
  ),
  '/api/v1/runway/record-detail?taskId={task}',
  '/__media/{task}/video.mp4',
  '/__media/{task}/image.png',
  '/__sink',
  '/__sink?fail=1',
  '/__admin/health',
  '/__admin/openapi.json',
  '/__admin/metrics',
  '/__admin/reset',
  '/__admin/clock',
  '/__admin/tasks',
  '/__admin/tasks/{task}',
  '/__admin/tasks/{task}/redeliver',
  '/__admin/tasks/{task}/amend',
  '/__admin/scenarios',
  '/__admin/journal',
  '/__admin/verdicts',
  '/',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'BREW'];
const QUERY_NAMES = [
  'taskId',
  'type',
  'since',
  'state',
  'pack',
  'apiKey',
  'limit',
  'token',
  'fail',
  '__proto__',
  '',
];
/** Scenarios that delay or omit answers have separate tests. */
const SCENARIOS = [
  'success',
  'fail.nsfw',
  'submit.429',
  'submit.502',
  'poll.500',
  'poll.502',
  'callback.never',
  'media.503',
];
const HEADER_NAMES = [
  'X-Mock-Scenario',
  'Accept',
  'Accept-Encoding',
  'Authorization',
  'Content-Encoding',
  'Content-Type',
  'Cookie',
  'If-None-Match',
  'If-Range',
  'Last-Event-ID',
  'Origin',
  'Range',
  'Sec-Fetch-Site',
];
const HEADER_VALUES = [
  ...SCENARIOS,
  'Bearer test-key',
  'application/json',
  'application/json; charset=utf-16',
  'gzip',
  'bytes=0-9',
  'bytes=-1',
  'bytes=9-0,1-2',
  'http://127.0.0.1',
  'null',
];
const FIELD_NAMES = [
  ...Object.keys(GENERATE),
  'imageUrl',
  'waterMark',
  'callBackUrl',
  'taskId',
  'advance',
  'set',
  'outcome',
  'scenario',
  'times',
  'apiKey',
  '__proto__',
  'constructor',
  'toString',
];
const FIELD_VALUES: readonly fc.JsonValue[] = [
  5,
  10,
  '720p',
  '1080p',
  '16:9',
  '1s',
  '2m',
  '1e9d',
  '2026-02-01T00:00:00Z',
  'fail.nsfw',
  'callback.duplicate',
  // The first port is unused; the other targets are refused.
  'http://127.0.0.1:9/callback',
  'http://169.254.169.254/latest',
  'file:///etc/passwd',
];

/** Any bytes except line ends, which would begin another request. */
function inOneLine(maxLength: number): fc.Arbitrary<string> {
  const byte = fc.nat(255).filter((code) => code !== 10 && code !== 13);
  return fc.array(byte, { maxLength }).map((codes) => Buffer.from(codes).toString('latin1'));
}

/** A text with a piece replaced by another text. */
function spliced(whole: fc.Arbitrary<string>, piece: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(whole, piece, fc.nat(10_000), fc.nat(5)).map(([text, other, place, length]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + other + text.slice(at + length);
  });
}

function target(): fc.Arbitrary<string> {
  const known = fc.constantFrom(...TARGETS);
  const value = fc.oneof(inOneLine(30), fc.string({ unit: 'binary', maxLength: 10 }).map(encodeURIComponent));
  const pair = fc.tuple(fc.constantFrom(...QUERY_NAMES), value).map(([name, text]) => `${name}=${text}`);
  const query = fc.array(pair, { maxLength: 3 }).map((pairs) => pairs.join('&'));
  return fc.oneof(
    { weight: 4, arbitrary: known },
    { weight: 3, arbitrary: fc.tuple(known, query).map(([path, text]) => `${path}?${text}`) },
    { weight: 2, arbitrary: spliced(known, inOneLine(8)) },
    { weight: 1, arbitrary: inOneLine(40).map((text) => `/${text}`) },
    { weight: 1, arbitrary: fc.tuple(known, value).map(([path, text]) => `${path}/${text}`) },
  );
}

function header(): fc.Arbitrary<string> {
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...HEADER_VALUES) },
    { weight: 2, arbitrary: inOneLine(40) },
    { weight: 1, arbitrary: spliced(fc.constantFrom(...HEADER_VALUES), inOneLine(4)) },
    // Sometimes longer than Node allows.
    { weight: 1, arbitrary: fc.nat(20_000).map((length) => 'x'.repeat(length)) },
  );
  return fc.tuple(fc.constantFrom(...HEADER_NAMES), value).map(([name, text]) => `${name}: ${text}`);
}

function field(): fc.Arbitrary<string> {
  const value = fc.oneof(
    fc.constantFrom(...FIELD_VALUES),
    fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }),
  );
  return fc
    .tuple(fc.constantFrom(...FIELD_NAMES), value)
    .map(([name, json]) => `${JSON.stringify(name)}:${JSON.stringify(json)}`);
}

function body(): fc.Arbitrary<string> {
  const good = fc.constant(JSON.stringify(GENERATE));
  const fields = fc.array(field(), { maxLength: 6 });
  const object = fields.map((members) => `{${members.join(',')}}`);
  const changed = fc
    .tuple(good, fields)
    .map(([text, members]) => text.replace('}', `,${members.join(',')}}`));
  const text = fc.oneof(
    { weight: 3, arbitrary: good },
    { weight: 3, arbitrary: object },
    { weight: 2, arbitrary: changed },
    { weight: 2, arbitrary: spliced(fc.oneof(good, object), fc.string({ unit: 'binary', maxLength: 8 })) },
    { weight: 1, arbitrary: fc.nat(5000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)) },
    { weight: 1, arbitrary: fc.json({ stringUnit: 'binary' }) },
  );
  const bytes = fc.uint8Array({ maxLength: 200 }).map((codes) => Buffer.from(codes).toString('latin1'));
  return fc.oneof(
    { weight: 40, arbitrary: text.map((json) => Buffer.from(json).toString('latin1')) },
    { weight: 10, arbitrary: bytes },
    { weight: 10, arbitrary: fc.constant('') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(1024 * 1024, 1024 * 1024 + 1).map((size) => ' '.repeat(size)),
    },
  );
}

function framed(): fc.Arbitrary<Framed> {
  const usual = fc.constant(['Authorization: Bearer test-key', 'Content-Type: application/json']);
  return fc.record({
    type: fc.constant('framed' as const),
    method: fc.oneof(fc.constantFrom('GET', 'POST'), fc.constantFrom(...METHODS)),
    target: target(),
    headers: fc.oneof(
      usual,
      fc.tuple(usual, fc.array(header(), { maxLength: 3 })).map((both) => both.flat()),
      fc.array(header()),
    ),
    body: body(),
    chunked: fc.boolean(),
  });
}

/** Headers that affect where a request ends and whether its connection stays open. */
const FRAMING = [
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: 99999999',
  'Content-Length: -1',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: Upgrade\r\nUpgrade: websocket',
  'Expect: 100-continue',
  'Expect: miracles',
  'Host: 127.0.0.1',
  'Host: elsewhere',
];

function loose(): fc.Arbitrary<Loose> {
  const any = fc.uint8Array({ maxLength: 300 }).map((codes) => Buffer.from(codes).toString('latin1'));
  const line = fc
    .tuple(fc.constantFrom('GET', 'POST', 'CONNECT'), target(), fc.constantFrom('1.1', '1.0', '0.9', '2.0'))
    .map(([method, path, version]) => `${method} ${path} HTTP/${version}`);
  const lines = fc.array(fc.oneof(fc.constantFrom(...FRAMING), header()), { maxLength: 5 });
  const request = fc
    .tuple(line, lines, body())
    .map(([first, rest, payload]) => `${[first, ...rest].join('\r\n')}\r\n\r\n${payload}`);
  const broken = spliced(request, any);
  const several = fc.array(request, { minLength: 2, maxLength: 3 }).map((all) => all.join(''));
  return fc
    .oneof(any, request, broken, several, spliced(several, any))
    .map((text) => ({ type: 'loose', text }));
}
