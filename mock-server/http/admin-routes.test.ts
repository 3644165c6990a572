import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validate as validateOpenApi } from '@readme/openapi-parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import {
  openReceiver,
  type Reaction,
  type ScriptedReceiver,
} from '../../fixtures/receivers/scripted-receiver.ts';
import {
  createMockServer,
  type JournalEntry,
  type MockServer,
  type MockServerOptions,
  type TaskReport,
} from '../index.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { readYamlFile } from '../packs/yaml-file.ts';
import { createAdminGuard } from './admin-guard.ts';

/*
 * Every answer in this file is held against spec/admin.openapi.yaml: an operation, status, content type, header or
 * key that is not there fails. The last test wants every documented status of every operation to have been answered.
 */

type Tree = Readonly<Record<string, unknown>>;

/** A node of the document and where it stands. */
interface Place {
  readonly pointer: string;
  readonly node: Tree;
}

const DOCUMENT = readYamlFile(join(PACKAGE_ROOT, 'spec/admin.openapi.yaml')).value as Tree;
const ROOT: Place = { pointer: '', node: DOCUMENT };
const METHODS = ['get', 'post', 'delete'];

/** What is documented and cannot be made to happen here, with the reason. */
const NOT_EXERCISED: Readonly<Record<string, string>> = {
  'post /clock 500': 'nothing that a user can set up makes the clock give up',
  ...Object.fromEntries(
    [
      ...['post /reset', 'post /clock', 'post /tasks/{taskId}/redeliver', 'post /tasks/{taskId}/amend'],
      ...['post /scenarios', 'delete /scenarios', 'delete /journal'],
    ].map((call) => [`${call} 503`, 'needs a disk that fails: failing-disk.test.ts']),
  ),
};

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
ajvFormats.default(ajv);
// OpenAPI's own keywords, and the document's top level, which Ajv takes for a schema on its way inside.
ajv.addVocabulary(['discriminator', 'example', ...Object.keys(DOCUMENT)]);
ajv.addSchema(DOCUMENT, 'admin');

/** What the schema at that pointer has against a value. */
function violations(pointer: string, value: unknown): string[] {
  const reference = `admin#${pointer.split('/').map(encodeURIComponent).join('/')}`;
  const check = ajv.getSchema(reference) ?? ajv.compile({ $ref: reference });
  if (check(value)) return [];
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

/** Down the document, through references. */
function walk(from: Place | undefined, ...keys: readonly string[]): Place | undefined {
  return keys.reduce<Place | undefined>((place, key) => {
    const next = place?.node[key];
    if (place === undefined || !isTree(next)) return undefined;
    if (typeof next.$ref === 'string') return walk(ROOT, ...next.$ref.slice(2).split('/'));
    return { pointer: `${place.pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, node: next };
  }, from);
}

function keysOf(place: Place | undefined): string[] {
  return Object.keys(place?.node ?? {});
}

/** The documented path that a call's path is an instance of. */
function templateOf(path: string): string | undefined {
  return keysOf(walk(ROOT, 'paths')).find((template) =>
    new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
}

/** Where the answer to a call is described: with its operation or, for calls that are none, with the components. */
function describedAt(
  method: string,
  path: string,
  status: number,
): { name: string; place: Place | undefined } {
  const template = templateOf(path);
  if (template === undefined) return stray('CallUnknown', 404, status);
  const operation = walk(ROOT, 'paths', template, method.toLowerCase());
  if (operation === undefined) return stray('MethodUnknown', 405, status);
  const name = `${method.toLowerCase()} ${template} ${status}`;
  return { name, place: walk(operation, 'responses', String(status)) };
}

function stray(
  response: string,
  expected: number,
  status: number,
): { name: string; place: Place | undefined } {
  const place = status === expected ? walk(ROOT, 'components', 'responses', response) : undefined;
  return { name: response, place };
}

const exercised = new Set<string>();

/** Everything the document has against an answer. */
function complaintsAbout(method: string, path: string, answer: Omit<Answer, 'json'>): string[] {
  const { name, place } = describedAt(method, path, answer.status);
  if (place === undefined) return [`${method} ${path}: ${answer.status} is not documented: ${answer.text}`];
  exercised.add(name);
  const missing = keysOf(walk(place, 'headers')).flatMap((header) => {
    const value = answer.headers[header.toLowerCase()];
    const described = walk(place, 'headers', header);
    if (described === undefined || (described.node.required === false && value === undefined)) return [];
    return violations(`${described.pointer}/schema`, value).map((why) => `${header}: ${why}`);
  });
  return [...missing, ...complaintsAboutBody(place, answer)].map((why) => `${name}: ${why}`);
}

function complaintsAboutBody(place: Place, { headers, text }: Omit<Answer, 'json'>): string[] {
  const content = walk(place, 'content');
  const type = headers['content-type']?.split(';')[0];
  if (content === undefined) return text === '' && type === undefined ? [] : [`a body: ${type} ${text}`];
  const media = type === undefined ? undefined : walk(content, type);
  if (media === undefined) return [`the content type is ${type}`];
  const value: unknown = type?.endsWith('json') ? JSON.parse(text) : text;
  for (const entry of Array.isArray(value) ? value : []) noteEntry(entry);
  return violations(`${media.pointer}/schema`, value);
}

function noteEntry(entry: unknown): void {
  if (isTree(entry) && typeof entry.type === 'string') exercised.add(`journal entry ${entry.type}`);
}

/** Whether a call is one that the document allows: its parameters and its body. */
function isDocumentedCall(method: string, target: string, body: unknown): boolean {
  const [path = '', query] = target.split('?');
  const item = walk(ROOT, 'paths', templateOf(path) ?? '');
  const operation = walk(item, method.toLowerCase());
  const parameters = keysOf(walk(operation, 'parameters')).map((n) => walk(operation, 'parameters', n));
  const given = [...new URLSearchParams(query)];
  if (new Set(given.map(([name]) => name)).size < given.length) return false;
  const fits = given.every(([name, value]) =>
    parameters.some((parameter) => parameter?.node.name === name && isOfParameter(parameter, value)),
  );
  const schema = walk(operation, 'requestBody', 'content', 'application/json');
  return fits && (schema === undefined || violations(`${schema.pointer}/schema`, body).length === 0);
}

function isOfParameter({ pointer, node }: Place, value: string): boolean {
  const isNumber = isTree(node.schema) && node.schema.type === 'integer' && /^\d+$/.test(value);
  return (
    node.in === 'query' && violations(`${pointer}/schema`, isNumber ? Number(value) : value).length === 0
  );
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it is, and not compared with what the document says of requests. */
  readonly raw?: string;
}

/** One call of the admin API, its request and its answer held against the document. */
async function ask(
  method: string,
  target: string,
  asking: Asking = {},
  { url } = theMock(),
): Promise<Answer> {
  const sent = asking.raw ?? (asking.body === undefined ? '' : JSON.stringify(asking.body));
  const headers = { ...(sent === '' ? {} : { 'content-type': 'application/json' }), ...asking.headers };
  const answer = await exchange(`${url}/__admin${target}`, method, headers, sent);
  const path = target.split('?')[0] ?? '';
  expect(complaintsAbout(method, path, answer)).toEqual([]);
  const json: unknown = /json/.test(answer.headers['content-type'] ?? '') ? JSON.parse(answer.text) : null;
  const isBad = answer.status === 400 && isTree(json) && json.code === 'BAD_REQUEST';
  if (asking.raw === undefined && (isBad || answer.status < 300)) {
    expect({ target, documented: isDocumentedCall(method, target, asking.body) }).toEqual({
      target,
      documented: !isBad,
    });
  }
  return { ...answer, json };
}

async function exchange(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Omit<Answer, 'json'>> {
  const outgoing = httpRequest(url, { method, headers, agent: false });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += piece;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

const get = async <T>(target: string): Promise<T> => (await ask('GET', target)).json as T;
const post = async <T>(target: string, body?: unknown): Promise<T> =>
  (await ask('POST', target, { body })).json as T;
const getTask = (id: string): Promise<TaskReport> => get<TaskReport>(`/tasks/${id}`);
const getJournal = (query = ''): Promise<JournalEntry[]> => get<JournalEntry[]>(`/journal${query}`);

/** All pages of a listing, by the addresses in their headers. */
async function pagesFrom<Item>(target: string): Promise<Item[][]> {
  const pages: Item[][] = [];
  let next: string | undefined = target;
  while (next !== undefined) {
    const { json, headers }: Answer & { json: unknown } = await ask('GET', next);
    pages.push(json as Item[]);
    next = /^<\/__admin([^>]+)>; rel="next"$/.exec(String(headers.link))?.[1];
  }
  return pages;
}

const problem = (code: string, status: number): object => expect.objectContaining({ code, status });

let mock: MockServer | undefined;
const opened: (() => unknown)[] = [];

afterEach(async () => {
  await mock?.close();
  mock = undefined;
  for (const close of opened.splice(0)) close();
});

function theMock(): MockServer {
  if (mock === undefined) throw new Error('the test has not started a mock');
  return mock;
}

async function start(options: MockServerOptions = {}): Promise<MockServer> {
  await mock?.close();
  mock = await createMockServer({ clock: 'virtual', seed: 7, ...options }).listen();
  return mock;
}

async function receiver(...script: readonly Reaction[]): Promise<ScriptedReceiver> {
  const receiving = await openReceiver(...script);
  opened.push(receiving.close);
  return receiving;
}

interface Submission {
  readonly callback?: string;
  readonly scenario?: string;
  readonly key?: string;
}

/** Submits a task the way a client does. */
async function submit({ callback, scenario, key }: Submission = {}): Promise<string> {
  const change = callback === undefined ? {} : { callBackUrl: callback };
  const headers: Record<string, string> = scenario === undefined ? {} : { 'x-mock-scenario': scenario };
  return (await runwayCalls(theMock().url, key).generate(change, headers)).taskId;
}

/** Submits one and moves time on until it has ended and its callback is settled. */
async function finish(submission: Submission = {}): Promise<TaskReport> {
  const id = await submit(submission);
  await post('/clock', { advance: '1h' });
  return getTask(id);
}

/** The next journal entry of that type. */
function nextEntry(type: JournalEntry['type']): Promise<JournalEntry> {
  return new Promise((resolve) => {
    const unsubscribe = theMock().journal.subscribe((entry) => {
      if (entry.type !== type) return;
      unsubscribe();
      resolve(entry);
    });
  });
}

interface SentEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly entry: JournalEntry | undefined;
}

interface EventStream {
  /** The next blocks of the stream; the first one of all is the greeting. */
  take(count: number): Promise<SentEvent[]>;
  close(): void;
}

async function openEvents(
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const outgoing = httpRequest(`${theMock().url}/__admin${target}`, { headers, agent: false });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const answer = { status: response.statusCode ?? 0, headers: response.headers, text: '' };
  expect(complaintsAbout('GET', target.split('?')[0] ?? '', answer)).toEqual([]);
  const events = eventsOf(response);
  opened.push(() => outgoing.destroy());
  return {
    close: () => outgoing.destroy(),
    async take(count) {
      const taken: SentEvent[] = [];
      while (taken.length < count) {
        const { value, done } = await events.next();
        if (done === true) throw new Error(`the stream ended after ${taken.length} of ${count} events`);
        taken.push(value);
      }
      return taken;
    },
  };
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<SentEvent, void> {
  let text = '';
  for await (const piece of response.setEncoding('utf8')) {
    const blocks = (text + piece).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield readEvent(block);
  }
}

function readEvent(block: string): SentEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const data = field('data');
  const entry = data === undefined ? undefined : (JSON.parse(data) as JournalEntry);
  if (entry !== undefined) {
    const media = ['paths', '/events', 'get', 'responses', '200', 'content', 'text/event-stream'];
    expect(violations(`${walk(ROOT, ...media)?.pointer}/x-event-data`, entry)).toEqual([]);
    noteEntry(entry);
  }
  return { id: field('id'), event: field('event'), entry };
}

/** A judge that only repeats what it was shown. */
const repeat: NonNullable<MockServerOptions['judge']> = (entries) =>
  [...entries].map((entry) => ({ type: entry.type, taskId: 'taskId' in entry ? entry.taskId : null }));

type Shown = readonly { readonly type: string; readonly taskId: string | null }[];

describe('the document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await validateOpenApi(structuredClone(DOCUMENT) as Parameters<typeof validateOpenApi>[0]);
    expect(result).toMatchObject({ valid: true, warnings: [] });
  });

  it('has examples that fit their schemas', () => {
    const holders = holdersOfExamples(ROOT);
    expect(holders.length).toBeGreaterThan(15);
    expect(holders.flatMap(complaintsAboutExamples)).toEqual([]);
  });

  it('lists the types of journal entries in three places, the same each time', () => {
    const entry = walk(ROOT, 'components', 'schemas', 'JournalEntry');
    const types = Object.values(walk(ROOT, 'components', 'schemas', 'JournalType', 'enum')?.node ?? {});
    expect(keysOf(walk(entry, 'discriminator', 'mapping'))).toEqual(types);
    const mapped = Object.values(walk(entry, 'discriminator', 'mapping')?.node ?? {});
    const united = Object.values(walk(entry, 'oneOf')?.node ?? {});
    expect(united).toEqual(mapped.map(($ref) => ({ $ref })));
  });

  it('is what the mock serves', async () => {
    await start();
    expect(await get('/openapi.json')).toEqual(DOCUMENT);
  });
});

/** Media types and parameters: what has examples beside a schema. */
function holdersOfExamples(place: Place): Place[] {
  const isHolder = 'schema' in place.node && ('examples' in place.node || 'example' in place.node);
  const beneath = keysOf(place)
    .filter((key) => !isTree(place.node[key]) || !('$ref' in (place.node[key] as Tree)))
    .flatMap((key) => walk(place, key) ?? []);
  return [...(isHolder ? [place] : []), ...beneath.flatMap(holdersOfExamples)];
}

function complaintsAboutExamples(holder: Place): string[] {
  const named = keysOf(walk(holder, 'examples')).map((key) => walk(holder, 'examples', key)?.node.value);
  const values = 'example' in holder.node ? [...named, holder.node.example] : named;
  return values.flatMap((value) =>
    violations(`${holder.pointer}/schema`, value).map((why) => holder.pointer + why),
  );
}

describe('health', () => {
  it('says that the mock is up, what it plays and what time it is', async () => {
    const { packs } = await start();
    expect(await get('/health')).toMatchObject({
      status: 'ok',
      packs: packs.map(({ name }) => name),
      profiles: { runway: 'documented' },
      now: '2026-01-01T00:00:00.000Z',
    });
  });

  it('gives no tag to ask again with: every answer is live', async () => {
    await start();
    expect((await ask('GET', '/health')).headers.etag).toBeUndefined();
  });
});

describe('a value far deeper than anybody means it', () => {
  it('is refused as what it is, and the next call works', async () => {
    await start();
    const deep = `{"scenario":"success","times":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const { json } = await ask('POST', '/scenarios', { raw: deep });
    expect(json).toMatchObject({ code: 'BAD_REQUEST', detail: expect.stringContaining('nested 20001 deep') });
    expect((await ask('GET', '/health')).status).toBe(200);
  });
});

describe('the clock', () => {
  it.each(['real', 'virtual', 'polls'] as const)('shows and moves time when it is %s', async (clock) => {
    await start({ clock });
    const before = await get<{ mode: string; now: string }>('/clock');
    const after = await post<{ mode: string; now: string }>('/clock', { advance: '14d' });
    expect([before.mode, after.mode]).toEqual([clock, clock]);
    expect(Date.parse(after.now) - Date.parse(before.now)).toBeGreaterThanOrEqual(14 * 86_400_000);
  });

  it.each([
    ['2026-02-01T12:00:00Z', '2026-02-01T12:00:00.000Z'],
    ['2026-02-01T12:00:00.250+02:00', '2026-02-01T10:00:00.250Z'],
    ['2026-02-01', '2026-02-01T00:00:00.000Z'],
  ])('is set to %s', async (set, now) => {
    await start();
    expect(await post('/clock', { set })).toMatchObject({ now });
  });

  it('answers only when callbacks and their retries have happened', async () => {
    await start();
    const { url, posts } = await receiver(500, 500, 200);
    await submit({ callback: url });
    await post('/clock', { advance: '1h' });
    expect(posts).toHaveLength(3);
  });

  it.each([
    ['no object', []],
    ['nothing in it', {}],
    ['both at once', { advance: '1s', set: '2027-01-01T00:00:00Z' }],
    ['a misspelled key', { advanced: '1s' }],
    ['a key too many', { advance: '1s', speed: 2 }],
    ['a number', { advance: 5 }],
    ['null', { advance: null }],
    ['no duration', { advance: 'soon' }],
    ['a negative duration', { advance: '-1s' }],
    ['an empty duration', { advance: '' }],
    ['no time', { set: 'tomorrow' }],
    ['a time in words, which engines read as they like', { set: 'Jan 5 2027' }],
    ['a time without a zone, which is another one on another machine', { set: '2027-01-05T00:00:00' }],
    ['a day that no month has', { set: '2027-01-32' }],
  ])('does not move for a body with %s', async (_, body) => {
    await start();
    expect(await post('/clock', body)).toEqual(problem('BAD_REQUEST', 400));
    expect(await get('/clock')).toMatchObject({ now: '2026-01-01T00:00:00.000Z' });
  });

  it('does not move for a call without a body', async () => {
    await start();
    expect(await post('/clock')).toEqual(problem('BAD_REQUEST', 400));
  });

  it('does not go back', async () => {
    await start();
    expect(await post('/clock', { set: '2025-12-31' })).toEqual(problem('CLOCK_BACKWARDS', 409));
  });

  it.each(['{"advance":"99999999999999d"}', '{"advance":"2922000d"}', '{"set":"9999-12-31"}'])(
    'does not go where times can no longer be written: %s',
    async (raw) => {
      await start();
      expect((await ask('POST', '/clock', { raw })).json).toEqual(problem('BAD_REQUEST', 400));
      expect(await get('/health')).toMatchObject({ now: '2026-01-01T00:00:00.000Z' });
    },
  );
});

describe('a body', () => {
  const CALLS = ['/clock', '/scenarios', '/tasks/any/amend'];

  it.each(CALLS)('that is no JSON is refused by %s', async (target) => {
    await start();
    expect((await ask('POST', target, { raw: '{"advance":' })).json).toEqual(problem('BAD_REQUEST', 400));
  });

  it.each(CALLS)('of another content type is refused by %s', async (target) => {
    await start();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { json } = await ask('POST', target, { raw: '{"advance":"1s"}', headers });
    expect(json).toEqual(problem('BAD_REQUEST', 400));
  });

  it.each(CALLS)('of more than a megabyte is refused by %s', async (target) => {
    await start();
    const raw = JSON.stringify({ advance: 'x'.repeat(1024 * 1024) });
    expect((await ask('POST', target, { raw })).json).toEqual(problem('BAD_REQUEST', 413));
  });

  it.each(CALLS)('in a charset that is not read is refused by %s', async (target) => {
    await start();
    const headers = { 'content-type': 'application/json; charset=latin1' };
    expect((await ask('POST', target, { raw: '{}', headers })).json).toEqual(problem('BAD_REQUEST', 415));
  });

  it('is not repeated whole in the problem it makes', async () => {
    await start();
    const { text } = await ask('POST', '/clock', { body: { advance: 'x'.repeat(100_000) } });
    expect(text.length).toBeLessThan(1000);
  });

  it.each(['__proto__', 'constructor'])('has no key %s', async (key) => {
    await start();
    const { json } = await ask('POST', '/clock', { raw: `{"${key}":{"advance":"1h"}}` });
    expect(json).toEqual(problem('BAD_REQUEST', 400));
    expect(Object.hasOwn(Object.prototype, 'advance')).toBe(false);
  });
});

describe('a task', () => {
  it('is shown before anything has happened to it', async () => {
    await start();
    const task = await getTask(await submit({ callback: (await receiver()).url }));
    expect(task).toMatchObject({
      outcome: null,
      expired: false,
      deliveries: [{ status: 'pending', attempts: [] }],
    });
    expect(task.timeline).toHaveLength(1);
  });

  it('is shown with its whole life when it has succeeded and expired', async () => {
    await start();
    const { id } = await finish({ callback: (await receiver()).url });
    await post('/clock', { advance: '15d' });
    const task = await getTask(id);
    expect(task).toMatchObject({ state: 'success', outcome: 'success', expired: true });
    expect(task.timeline.map(({ state }) => state)).toEqual(task.plan.steps.map(({ state }) => state));
    expect(task.deliveries).toMatchObject([
      { id: 'd1', event: 'runway.generate', status: 'acknowledged', attempts: [{ n: 1, status: 200 }] },
    ]);
  });

  it('is shown with the reason it failed for', async () => {
    await start();
    const task = await finish({ callback: (await receiver()).url, scenario: 'fail.nsfw' });
    expect(task).toMatchObject({
      outcome: 'fail.nsfw',
      plan: { outcome: { slug: 'nsfw' }, mediaExpiresAt: null },
    });
  });

  it('is shown with every retry', async () => {
    await start();
    const task = await finish({ callback: (await receiver(500, 500, 200)).url });
    const [delivery] = task.deliveries;
    expect(delivery?.status).toBe('acknowledged');
    expect(delivery?.attempts.map(({ n, outcome }) => [n, outcome])).toEqual([
      [1, 'rejected'],
      [2, 'rejected'],
      [3, 'acknowledged'],
    ]);
  });

  it.each([
    [500, 'rejected'],
    ['redirect', 'redirect'],
    ['reset', 'reset'],
    ['hang', 'timeout'],
  ] as const)(
    'is shown with its callback abandoned when the receiver answers %s',
    async (reaction, outcome) => {
      await start({ retries: 0, ...(outcome === 'timeout' ? { ackTimeout: '50ms' } : {}) });
      const task = await finish({ callback: (await receiver(reaction)).url });
      expect(task.deliveries).toMatchObject([{ status: 'abandoned', attempts: [{ outcome }] }]);
    },
  );

  it.each([
    ['http://127.0.0.1:1/', 'refused'],
    ['http://169.254.169.254/', 'blocked'],
  ])('is shown with its callback abandoned when %s is %s', async (callback, outcome) => {
    await start({ retries: 0 });
    const task = await finish({ callback });
    expect(task.deliveries).toMatchObject([{ status: 'abandoned', attempts: [{ outcome, status: null }] }]);
  });

  it('is shown with a certificate that is none', async () => {
    await start({ retries: 0 });
    const { url } = await receiver();
    const task = await finish({ callback: url.replace('http:', 'https:') });
    expect(task.deliveries).toMatchObject([{ attempts: [{ outcome: 'tls' }] }]);
  });

  it.each([
    'submit.slow',
    'poll.503*2+poll.reset*',
    'poll.not-visible',
    'callback.forged',
    'callback.malformed',
    'callback.truncated',
    'callback.lost-ack',
    'callback.duplicate+media.503',
    'callback.before-response',
  ])('is shown whatever was asked to go wrong: %s', async (scenario) => {
    await start({ slowAnswer: '1ms' });
    const task = await finish({ callback: (await receiver()).url, scenario });
    expect(task).toMatchObject({ scenario, outcome: 'success' });
  });

  it('is shown when it continues another one', async () => {
    await start();
    const parent = await finish();
    const { taskId } = await runwayCalls(theMock().url).extend({ taskId: parent.id });
    expect(await getTask(taskId)).toMatchObject({ parentId: parent.id, kind: 'extend' });
  });

  it('is shown when it waits for a slot, and after it got one', async () => {
    await start({ concurrency: 1, queue: 1 });
    const [first, second, third] = [await submit(), await submit(), await submit()];
    expect(await getTask(third)).toMatchObject({ plan: { slot: null, outcome: { type: 'failure' } } });
    await post('/clock', { advance: '15s' });
    await post(`/tasks/${first}/amend`, { outcome: 'success' });
    expect(await getJournal(`?type=task.amended&taskId=${second}`)).toHaveLength(1);
  });

  it('is forgotten when many others have finished after it, and those who watch are told', async () => {
    await start({ keep: 3 });
    const stream = await openEvents('/events?type=task.forgotten');
    const first = await submit();
    for (let n = 0; n < 5; n++) await submit();
    await post('/clock', { advance: '1h' });
    const forgotten = (await stream.take(4)).map(({ entry }) => entry && 'taskId' in entry && entry.taskId);
    expect(forgotten).toContain(first);
    expect(await getTask(first)).toEqual(problem('TASK_UNKNOWN', 404));
    expect(await get<TaskReport[]>('/tasks')).toHaveLength(3);
  });

  it.each([
    ['GET', '/tasks/none'],
    ['POST', '/tasks/none/redeliver'],
    ['POST', '/tasks/none/amend'],
  ])('that nobody submitted is unknown to %s %s', async (method, target) => {
    await start();
    const body = target.endsWith('amend') ? { outcome: 'success' } : undefined;
    expect((await ask(method, target, { body })).json).toEqual(problem('TASK_UNKNOWN', 404));
  });

  it.each([
    ['GET', '/tasks/%E0%A4%A'],
    ['POST', '/tasks/%E0%A4%A/redeliver'],
    ['POST', '/tasks/%E0%A4%A/amend'],
  ])('cannot be named by bytes that are no text: %s %s', async (method, target) => {
    await start();
    expect((await ask(method, target, { raw: '' })).json).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('a listing of tasks', () => {
  async function startWithThree(): Promise<readonly [string, string, string]> {
    await start();
    const ids = [await submit({ key: 'one' }), await submit({ key: 'two' })] as const;
    await post('/clock', { advance: '1h' });
    return [...ids, await submit({ key: 'two' })];
  }

  it.each([
    ['', [0, 1, 2]],
    ['?state=success', [0, 1]],
    ['?state=wait', [2]],
    ['?pack=runway', [0, 1, 2]],
    ['?pack=none', []],
    ['?apiKey=two', [1, 2]],
    ['?apiKey=two&state=success', [1]],
    ['?apiKey=three', []],
    ['?limit=2', [1, 2]],
    ['?limit=0', []],
    ['?limit=1000000', [0, 1, 2]],
    ['?before=2', [0, 1]],
    ['?before=2&limit=1', [1]],
    ['?before=2&apiKey=two', [1]],
    ['?before=0', []],
  ])('with "%s" has those that fit', async (query, expected) => {
    const ids = await startWithThree();
    const withId = query.replace(/before=(\d)/, (_, index) => `before=${ids[Number(index)]}`);
    const listed = await get<TaskReport[]>(`/tasks${withId}`);
    expect(listed.map(({ id }) => id)).toEqual(expected.map((index) => ids[index]));
  });

  it('leads from page to page, to the oldest task', async () => {
    await start();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push(await submit({ key: n === 3 ? 'other' : 'one' }));
    const [, , , other] = ids;
    const pages = await pagesFrom<TaskReport>('/tasks?limit=2&apiKey=one');
    expect(pages.map((page) => page.map(({ id }) => ids.indexOf(id)))).toEqual([
      [2, 4],
      [0, 1],
    ]);
    expect(await pagesFrom<TaskReport>('/tasks?apiKey=other&limit=1')).toMatchObject([[{ id: other }]]);
    expect(await pagesFrom('/tasks?limit=0')).toEqual([[]]);
  });

  it('is refused when there is no task that it is to end before', async () => {
    await start();
    await submit();
    expect((await ask('GET', '/tasks?before=none')).json).toEqual(problem('TASK_UNKNOWN', 404));
  });

  it('leaves out the token in the address of the next page', async () => {
    await start({ adminToken: 'the-token' });
    await submit({ key: 'one' });
    await submit({ key: 'one' });
    const { headers } = await ask('GET', '/tasks?limit=1&token=the-token', { raw: '' });
    expect(headers.link).toMatch(/^<\/__admin\/tasks\?limit=1&before=[-\w]+>; rel="next"$/);
  });

  it.each([
    'limit=-1',
    'limit=all',
    'limit=1e3',
    'limit=',
    'stat=success',
    'state=wait&state=fail',
    'apiKey=',
  ])('is refused for ?%s', async (query) => {
    await start();
    expect(await get(`/tasks?${query}`)).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('a redelivery', () => {
  it('sends the callback once more, with retries of its own', async () => {
    await start();
    const { url, posts } = await receiver(200, 500, 200);
    const { id } = await finish({ callback: url });
    const { status, json } = await ask('POST', `/tasks/${id}/redeliver`);
    expect(status).toBe(202);
    expect(json).toMatchObject({ deliveries: [{ id: 'd1' }, { id: 'd2', status: 'pending' }] });
    await post('/clock', { advance: '1h' });
    expect(await getTask(id)).toMatchObject({
      deliveries: [{}, { status: 'acknowledged', attempts: [{}, {}] }],
    });
    expect(posts.map(({ body }) => body)).toEqual(Array(3).fill(posts[0]?.body));
  });

  it('is waited for by a clock that does not move', async () => {
    await start();
    const { url, posts } = await receiver();
    const { id } = await finish({ callback: url });
    await ask('POST', `/tasks/${id}/redeliver`);
    await post('/clock', { advance: '0s' });
    expect(posts).toHaveLength(2);
  });

  it('needs a callback URL', async () => {
    await start();
    const { id } = await finish();
    expect(await post(`/tasks/${id}/redeliver`)).toEqual(problem('NO_CALLBACK', 409));
  });

  it('needs a state that is announced', async () => {
    await start();
    const id = await submit({ callback: (await receiver()).url });
    expect(await post(`/tasks/${id}/redeliver`)).toEqual(problem('NO_CALLBACK', 409));
  });
});

describe('an amendment', () => {
  it.each(['success', 'fail.nsfw'])('makes a running task end as %s', async (outcome) => {
    await start();
    const { url, posts } = await receiver();
    const id = await submit({ callback: url });
    await post('/clock', { advance: '5s' });
    expect(await post(`/tasks/${id}/amend`, { outcome })).toMatchObject({ outcome });
    await post('/clock', { advance: '0s' });
    expect(posts).toHaveLength(1);
    expect(await getJournal('?type=task.amended')).toMatchObject([{ taskId: id, plan: { taskId: id } }]);
  });

  it('comes too late for a task that has ended', async () => {
    await start();
    const { id } = await finish();
    expect(await post(`/tasks/${id}/amend`, { outcome: 'success' })).toEqual(problem('TASK_FINISHED', 409));
  });

  it('names the outcomes that look like an unknown one', async () => {
    await start();
    const refusal = await post(`/tasks/${await submit()}/amend`, { outcome: 'fail.nsfv' });
    expect(refusal).toMatchObject({ code: 'SCENARIO_UNKNOWN', remedy: expect.stringContaining('fail.nsfw') });
  });

  it.each([{}, { outcome: 5 }, { outcome: '' }, { outcomes: 'success' }, { outcome: 'success', now: true }])(
    'is refused for %j',
    async (body) => {
      await start();
      expect(await post(`/tasks/${await submit()}/amend`, body)).toEqual(problem('BAD_REQUEST', 400));
    },
  );
});

describe('the queue of scenarios', () => {
  it('is full at some point, and says so', async () => {
    await start();
    for (let n = 0; n < 10_000; n++) theMock().scenarios.enqueue('success');
    const body = { scenario: 'success' };
    expect((await ask('POST', '/scenarios', { body })).json).toEqual(problem('QUEUE_FULL', 409));
  });

  it('decides the next submissions, as many as were asked for', async () => {
    await start();
    const { status, json } = await ask('POST', '/scenarios', { body: { scenario: 'fail.nsfw', times: 2 } });
    expect([status, json]).toEqual([201, { scenario: 'fail.nsfw', times: 2, account: null, waiting: 1 }]);
    await submit();
    expect(await get('/scenarios')).toEqual([{ scenario: 'fail.nsfw', times: 1, account: null }]);
    await submit();
    await submit();
    expect(await get('/scenarios')).toEqual([]);
    const chosen = (await get<TaskReport[]>('/tasks')).map(({ scenario }) => scenario);
    expect(chosen).toEqual(['fail.nsfw', 'fail.nsfw', 'success']);
  });

  it('is answered and listed in part, however long it is', async () => {
    await start();
    for (let n = 0; n < 3; n++) await post('/scenarios', { scenario: 'success', times: n + 1 });
    expect(await post('/scenarios', { scenario: 'fail.nsfw' })).toMatchObject({ waiting: 4 });
    expect(await get('/scenarios?limit=2')).toMatchObject([{ times: 1 }, { times: 2 }]);
    expect(await get('/scenarios?limit=none')).toEqual(problem('BAD_REQUEST', 400));
  });

  it('keeps the keys apart', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'one' });
    const other = await getTask(await submit({ key: 'two' }));
    const own = await getTask(await submit({ key: 'one' }));
    expect([other.scenario, own.scenario]).toEqual(['success', 'fail.nsfw']);
  });

  it('is emptied', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'one' });
    await post('/scenarios', { scenario: 'fail.nsfw' });
    expect((await ask('DELETE', '/scenarios')).status).toBe(204);
    expect(await get('/scenarios')).toEqual([]);
  });

  it('is emptied of what one key put there, and of nothing else', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'one' });
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'two' });
    await post('/scenarios', { scenario: 'success' });
    await ask('DELETE', '/scenarios?apiKey=one');
    expect(await get<unknown[]>('/scenarios')).toHaveLength(2);
    expect((await getTask(await submit({ key: 'one' }))).scenario).toBe('success');
    expect((await getTask(await submit({ key: 'two' }))).scenario).toBe('fail.nsfw');
  });

  it('is not emptied for a misspelled key', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw' });
    expect((await ask('DELETE', '/scenarios?apikey=one')).json).toEqual(problem('BAD_REQUEST', 400));
    expect(await get<unknown[]>('/scenarios')).toHaveLength(1);
  });

  it('names the scenarios that look like an unknown one', async () => {
    await start();
    const refusal = await post('/scenarios', { scenario: 'fail.nsfv' });
    expect(refusal).toMatchObject({ code: 'SCENARIO_UNKNOWN', remedy: expect.stringContaining('fail.nsfw') });
  });

  it.each([
    {},
    { scenario: '' },
    { scenario: ['success'] },
    { scenario: 'success', times: 0 },
    { scenario: 'success', times: 1.5 },
    { scenario: 'success', times: '2' },
    { scenario: 'success', times: 1_000_001 },
    { scenario: 'success', apiKey: '' },
    { scenario: 'success', time: 2 },
  ])('takes nothing for %j', async (body) => {
    await start();
    expect(await post('/scenarios', body)).toEqual(problem('BAD_REQUEST', 400));
    expect(await get('/scenarios')).toEqual([]);
  });
});

describe('the journal', () => {
  it('has entries of every kind, each as the document describes it', async () => {
    await start();
    await post('/scenarios', { scenario: 'success' });
    const { id } = await finish({ callback: (await receiver(500, 200)).url });
    const served = nextEntry('media.served');
    await (await fetch(`${theMock().url}/__media/${id}/video.mp4`)).arrayBuffer();
    await served;
    await (await fetch(`${theMock().url}/nobody/has/this`)).text();
    await (await fetch(`${theMock().url}/__sink`, { method: 'POST', body: '{}' })).text();
    await post(`/tasks/${id}/redeliver`);
    await post('/clock', { advance: '15d' });
    await ask('DELETE', '/scenarios');
    const types = new Set((await getJournal()).map(({ type }) => type));
    expect(types).toContain('media.served');
    expect(types.size).toBeGreaterThanOrEqual(13);
  });

  it('has the callbacks as they were sent, with their signature', async () => {
    await start({ secret: 'a secret' });
    const { url, posts } = await receiver();
    await finish({ callback: url });
    const [started] = await getJournal('?type=attempt.started');
    expect(started).toMatchObject({ url, body: posts[0]?.body });
    const written = started?.type === 'attempt.started' ? Object.entries(started.headers) : [];
    expect(written.map(([name]) => name)).toContain('X-Webhook-Signature');
    for (const [name, value] of written) expect(posts[0]?.headers[name.toLowerCase()]).toBe(value);
  });

  it('leaves the times of others as they wrote them', async () => {
    await start();
    await runwayCalls(theMock().url).generate({ createdAt: 5, at: 6 });
    expect(await getJournal('?type=task.submitted')).toMatchObject([
      { plan: { request: { createdAt: 5, at: 6 } } },
    ]);
  });

  it('is filtered by type, task and place, joined', async () => {
    await start();
    const [first, second] = [await submit(), await submit()];
    await post('/clock', { advance: '1h' });
    const all = await getJournal();
    const expected = (keep: (entry: JournalEntry) => boolean) => all.filter(keep).map(({ seq }) => seq);
    const seqs = async (query: string) => (await getJournal(query)).map(({ seq }) => seq);
    const isOf = (entry: JournalEntry, id: string) => 'taskId' in entry && entry.taskId === id;
    expect(await seqs('?type=task.changed')).toEqual(expected(({ type }) => type === 'task.changed'));
    expect(await seqs(`?taskId=${second}`)).toEqual(expected((entry) => isOf(entry, second)));
    expect(await seqs('?since=3')).toEqual(expected(({ seq }) => seq > 3));
    expect(await seqs(`?type=task.changed&taskId=${first}&since=5`)).toEqual(
      expected((entry) => entry.type === 'task.changed' && isOf(entry, first) && entry.seq > 5),
    );
    expect(await seqs('?since=1000000')).toEqual([]);
  });

  it('leads from page to page, to the newest entry', async () => {
    await start();
    for (let n = 0; n < 3; n++) await submit();
    await post('/clock', { advance: '1h' });
    const all = await getJournal();
    const pages = await pagesFrom<JournalEntry>('/journal?limit=4');
    expect(pages.flat()).toEqual(all);
    expect(pages.slice(0, -1).map((page) => page.length)).toEqual(pages.slice(1).map(() => 4));
    const changes = await pagesFrom<JournalEntry>('/journal?type=task.changed&limit=1');
    expect(changes.flat()).toEqual(all.filter(({ type }) => type === 'task.changed'));
    expect(changes.length).toBe(changes.flat().length);
    expect(await pagesFrom('/journal?limit=0')).toEqual([[]]);
  });

  it('has a thousand entries unless more are asked for', async () => {
    await start();
    const id = await submit();
    const calls = runwayCalls(theMock().url);
    for (let n = 0; n < 1010; n++) await calls.details(id);
    expect(await getJournal()).toHaveLength(1000);
    expect(await getJournal('?limit=5000')).toHaveLength(1012);
    expect((await pagesFrom('/journal')).map((page) => page.length)).toEqual([1000, 12]);
  });

  it('takes every documented type as a filter', async () => {
    await start();
    const types = Object.values(walk(ROOT, 'components', 'schemas', 'JournalType', 'enum')?.node ?? {});
    for (const type of types) expect(await getJournal(`?type=${type}`)).toEqual([]);
  });

  const BAD_FILTERS = ['since=-1', 'since=soon', 'since=', 'since=0x10', 'type=task.done', 'type=', 'task=1'];

  it.each([...BAD_FILTERS, 'type=task.changed&type=task.expired', 'taskId=1&taskId=2'])(
    'is refused for ?%s, as a list and as a stream',
    async (query) => {
      await start();
      expect(await getJournal(`?${query}`)).toEqual(problem('BAD_REQUEST', 400));
      expect(await get(`/events?${query}`)).toEqual(problem('BAD_REQUEST', 400));
    },
  );

  it('names the types that look like an unknown one', async () => {
    await start();
    expect(await getJournal('?type=attempt.end')).toMatchObject({
      remedy: expect.stringContaining('attempt.ended'),
    });
  });

  it('is cleared, and counts on', async () => {
    await start();
    const id = await submit();
    const last = (await getJournal()).at(-1)?.seq;
    expect((await ask('DELETE', '/journal')).status).toBe(204);
    expect(await getJournal()).toEqual([]);
    expect((await getTask(id)).id).toBe(id);
    await submit();
    // The clearing has a number of its own.
    expect((await getJournal())[0]?.seq).toBe(Number(last) + 2);
  });

  it('is not cleared for a call that asks for a part of it', async () => {
    await start();
    const id = await submit();
    expect((await ask('DELETE', `/journal?taskId=${id}`)).json).toEqual(problem('BAD_REQUEST', 400));
    expect(await getJournal()).not.toEqual([]);
  });
});

describe('the stream of events', () => {
  it('is refused to more readers than it has room for', async () => {
    await start();
    for (let n = 0; n < 64; n++) await openEvents('/events');
    expect((await ask('GET', '/events')).json).toEqual(problem('READERS_FULL', 503));
  });

  it('has what happens, as it happens', async () => {
    await start();
    await submit();
    const stream = await openEvents('/events');
    await stream.take(1);
    const id = await submit();
    const [first, second] = await stream.take(2);
    expect(first).toMatchObject({ event: 'task.submitted', entry: { taskId: id } });
    expect(second).toMatchObject({ event: 'request.answered', entry: { taskId: id } });
    expect(first?.id).toBe(String(first?.entry?.seq));
  });

  it('has the past first, when asked for it, and then goes on', async () => {
    await start();
    await submit();
    const stream = await openEvents('/events?since=0');
    const past = (await stream.take(3)).flatMap(({ entry }) => entry ?? []);
    expect(past).toEqual(await getJournal());
    await submit();
    expect(await stream.take(1)).toMatchObject([{ id: '3' }]);
  });

  it('goes on where a reader broke off, and says nothing twice', async () => {
    await start();
    const broken = await openEvents('/events');
    const greeting = await broken.take(1);
    await submit();
    const [last] = await broken.take(1);
    broken.close();
    await post('/clock', { advance: '1h' });
    const resumed = await openEvents('/events?since=0', { 'last-event-id': String(last?.id) });
    const missed = await getJournal(`?since=${last?.id}`);
    const events = await resumed.take(1 + missed.length);
    expect(events.slice(1).map(({ entry }) => entry)).toEqual(missed);
    expect([greeting[0]?.id, events[0]?.id]).toEqual(['0', last?.id]);
  });

  it('goes on where a reader broke off who had not got anything yet', async () => {
    await start();
    await submit();
    const broken = await openEvents('/events');
    const [greeting] = await broken.take(1);
    broken.close();
    const id = await submit();
    const resumed = await openEvents('/events', { 'last-event-id': String(greeting?.id) });
    expect(await resumed.take(2)).toMatchObject([{}, { entry: { taskId: id } }]);
  });

  it('passes over a Last-Event-ID that is none', async () => {
    await start();
    await submit();
    const stream = await openEvents('/events?since=1', { 'last-event-id': 'the first' });
    expect(await stream.take(2)).toMatchObject([{ id: '1' }, { id: '2' }]);
  });

  it('is filtered, in the past and after', async () => {
    await start();
    const ids = [await submit(), await submit()];
    const stream = await openEvents(`/events?since=0&type=task.changed&taskId=${ids[1]}`);
    await post('/clock', { advance: '1h' });
    const changes = await getJournal(`?type=task.changed&taskId=${ids[1]}`);
    const entries = (await stream.take(1 + changes.length)).flatMap(({ entry }) => entry ?? []);
    expect(entries).toEqual(changes);
  });

  it('has a past of any size, for a reader of any speed', async () => {
    await start();
    const padding = 'x'.repeat(900_000);
    for (let n = 0; n < 12; n++) await runwayCalls(theMock().url).generate({ prompt: padding });
    const stream = await openEvents('/events?since=0');
    await stream.take(2);
    const id = await submit();
    const rest = await stream.take(13);
    expect(rest.map(({ id }) => Number(id))).toEqual(Array.from({ length: 13 }, (_, n) => n + 2));
    expect(rest.at(-2)).toMatchObject({ entry: { type: 'task.submitted', taskId: id } });
  });

  it('ends at once for a HEAD, so that its connection can be used again', async () => {
    const { url } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    opened.push(() => agent.destroy());
    const head = httpRequest(`${url}/__admin/events`, { method: 'HEAD', agent }).end();
    const [answer] = (await once(head, 'response')) as [IncomingMessage];
    answer.resume();
    const next = httpRequest(`${url}/__admin/health`, { agent }).end();
    const [health] = (await once(next, 'response')) as [IncomingMessage];
    health.resume();
    expect([answer.statusCode, health.statusCode]).toEqual([200, 200]);
  });
});

describe('the packs', () => {
  it('are told with their operations, the schema and an example of each request, and their scenarios', async () => {
    await start();
    const packs = await get<readonly { readonly name: string }[]>('/packs');
    expect(packs.find(({ name }) => name === 'runway')).toMatchObject({
      profile: 'documented',
      operations: expect.arrayContaining([
        expect.objectContaining({
          id: 'generate-ai-video',
          does: 'submit',
          path: '/api/v1/runway/generate',
          promptAt: '/prompt',
          callbackUrlAt: '/callBackUrl',
          request: expect.objectContaining({
            properties: expect.objectContaining({ prompt: expect.anything() }),
          }),
          example: expect.objectContaining({ duration: expect.any(Number) }),
        }),
      ]),
      scenarios: expect.arrayContaining([{ name: 'success', summary: 'the task succeeds' }]),
    });
    expect(JSON.stringify(packs)).not.toContain('$ref');
  });

  it('have headers that every call needs, where there are such', async () => {
    await start();
    const packs = await get('/packs');
    expect(JSON.stringify(packs)).toContain('"headers":{"X-Runway-Version":"2024-11-06"}');
  });

  it('are refused with a parameter', async () => {
    await start();
    expect(await get('/packs?name=runway')).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('the checks of a task', () => {
  it('are none when everything keeps the contract', async () => {
    await start();
    const { url } = await receiver();
    const id = await submit({ callback: url });
    await post('/clock', { advance: '1h' });
    expect(await get(`/tasks/${id}/checks`)).toEqual([]);
  });

  it('say what the document has against a message, and which', async () => {
    await start();
    const { url } = await receiver();
    const id = await submit({ callback: url, scenario: 'callback.malformed' });
    await post('/clock', { advance: '1h' });
    expect(await get(`/tasks/${id}/checks`)).toEqual([
      { seq: expect.any(Number), request: [], answer: [], callback: [{ at: '', message: 'is not JSON' }] },
    ]);
  });

  it('are about tasks that there are', async () => {
    await start();
    expect(await get('/tasks/none/checks')).toEqual(problem('TASK_UNKNOWN', 404));
  });
});

describe('verdicts', () => {
  it('are not given without a judge', async () => {
    await start();
    expect(await get('/verdicts')).toEqual(problem('NO_JUDGE', 501));
  });

  it('are what the judge says of the journal so far', async () => {
    await start({ judge: repeat });
    await submit();
    expect(await get('/verdicts')).toEqual([
      { type: 'task.submitted', taskId: expect.any(String) },
      { type: 'request.answered', taskId: expect.any(String) },
    ]);
  });

  it('are waited for when the judge takes his time', async () => {
    await start({ judge: async () => ({ passed: true }) });
    expect(await get('/verdicts')).toEqual({ passed: true });
  });

  it('are about one key, its tasks and what befell them, and no other', async () => {
    await start({ judge: repeat });
    const { url } = await receiver();
    const own = await submit({ key: 'one', callback: url });
    const other = await submit({ key: 'two', callback: url });
    await post('/clock', { advance: '1h' });
    const served = nextEntry('media.served');
    await (await fetch(`${theMock().url}/__media/${other}/video.mp4`)).arrayBuffer();
    await served;
    const seen = await get<Shown>('/verdicts?apiKey=one');
    expect(new Set(seen.flatMap(({ taskId }) => taskId ?? []))).toEqual(new Set([own]));
    expect(seen.map(({ type }) => type)).toContain('delivery.settled');
    expect((await get<Shown>('/verdicts?apiKey=two')).map(({ type }) => type)).toContain('media.served');
  });

  it.each(['apiKey=', 'apikey=one', 'apiKey=one&apiKey=two'])('are refused for ?%s', async (query) => {
    await start({ judge: repeat });
    expect(await get(`/verdicts?${query}`)).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('clearing the journal', () => {
  it('is an event for those who watch', async () => {
    await start();
    const stream = await openEvents('/events?type=journal.cleared');
    expect((await ask('DELETE', '/journal')).status).toBe(204);
    expect(await stream.take(2)).toMatchObject([{}, { event: 'journal.cleared' }]);
    expect(await getJournal()).toEqual([]);
  });
});

describe('a reset', () => {
  it('leaves a clean slate, on which the same calls have the same ids', async () => {
    await start();
    const first = await submit();
    await post('/scenarios', { scenario: 'fail.nsfw' });
    await post('/clock', { advance: '14d' });
    expect((await ask('POST', '/reset')).status).toBe(204);
    expect(await get('/tasks')).toEqual([]);
    expect(await get('/scenarios')).toEqual([]);
    expect(await get('/clock')).toMatchObject({ now: '2026-01-01T00:00:00.000Z' });
    expect(await getJournal()).toMatchObject([{ type: 'server.reset' }]);
    expect(await submit()).toBe(first);
  });

  it('is told to those who watch', async () => {
    await start();
    const stream = await openEvents('/events?type=server.reset');
    await ask('POST', '/reset');
    expect(await stream.take(2)).toMatchObject([{}, { event: 'server.reset' }]);
  });

  it('counts from the beginning', async () => {
    await start();
    await submit();
    expect((await ask('GET', '/metrics')).text).toContain('stuntdouble_tasks_total{');
    await ask('POST', '/reset');
    expect((await ask('GET', '/metrics')).text).not.toContain('stuntdouble_tasks_total{');
  });

  it('is not a part of something', async () => {
    await start();
    const id = await submit();
    expect((await ask('POST', '/reset?apiKey=one')).json).toEqual(problem('BAD_REQUEST', 400));
    expect((await getTask(id)).id).toBe(id);
  });
});

describe('packs that are edited', () => {
  it('are in the journal, with what an edit broke', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-admin-'));
    opened.push(() => rmSync(dir, { recursive: true }));
    cpSync(join(PACKAGE_ROOT, 'spec/luma'), dir, { recursive: true });
    const { journal } = await start({ builtIn: false, packs: [dir], watch: true });
    for (const [line, type] of [
      ['# nothing new', 'pack.reloaded'],
      ['unheardOf: 1', 'pack.refused'],
    ]) {
      const told = new Promise<void>((resolve) => {
        opened.push(journal.subscribe((entry) => entry.type === type && resolve()));
      });
      appendFileSync(join(dir, 'lifecycle.yaml'), `\n${line}\n`);
      await told;
    }
    const entries = await getJournal();
    expect(entries).toMatchObject([
      { type: 'pack.reloaded', pack: 'luma', profile: 'documented' },
      { type: 'pack.refused', pack: 'luma', problem: expect.stringContaining('unheardOf') },
    ]);
  });
});

describe('metrics', () => {
  it('count what happened, in the text that Prometheus reads', async () => {
    await start();
    await finish({ callback: (await receiver(500, 200)).url });
    const { text, headers } = await ask('GET', '/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain('stuntdouble_attempts_total{event="runway.generate",outcome="rejected"} 1\n');
    expect(text).toContain('stuntdouble_tasks_total{pack="runway",outcome="success"} 1\n');
    const lines = text.trimEnd().split('\n');
    const METRIC = /^(# (HELP|TYPE) \w+ .+|[a-z_]+(\{([a-z]+="[^"]*"(,[a-z]+="[^"]*")*)?\})? [\d.e+]+)$/;
    expect(lines.filter((line) => !METRIC.test(line))).toEqual([]);
  });
});

describe('a call that does not exist', () => {
  it.each(['', '/', '/nothing', '/tasks/1/cancel', '/health/more'])('is refused: GET %s', async (target) => {
    await start();
    expect(await get(target)).toEqual(problem('CALL_UNKNOWN', 404));
  });

  const STRAY = keysOf(walk(ROOT, 'paths')).flatMap((path) =>
    [...METHODS, 'put', 'patch', 'options']
      .filter((method) => walk(ROOT, 'paths', path, method) === undefined)
      .map((method) => [method.toUpperCase(), path.replace('{taskId}', 'any')] as const),
  );

  it.each(STRAY)('is refused with the methods there are: %s %s', async (method, path) => {
    await start();
    const { json, headers } = await ask(method, path);
    expect(json).toEqual(problem('METHOD_UNKNOWN', 405));
    const item = keysOf(walk(ROOT, 'paths', templateOf(path) ?? '')).filter((key) => METHODS.includes(key));
    expect(headers.allow?.split(', ').sort()).toEqual(item.map((key) => key.toUpperCase()).sort());
  });
});

describe('a stranger', () => {
  const CALLS = keysOf(walk(ROOT, 'paths')).flatMap((path) =>
    METHODS.filter((method) => walk(ROOT, 'paths', path, method) !== undefined).map(
      (method) => [method.toUpperCase(), path.replace('{taskId}', 'any')] as const,
    ),
  );
  const STRANGERS = [
    ['HOST_REFUSED', { host: 'rebound.example' }],
    ['HOST_REFUSED', { host: '127.0.0.1.rebound.example:80' }],
    ['ORIGIN_REFUSED', { origin: 'https://other.example' }],
    ['ORIGIN_REFUSED', { origin: 'http://127.0.0.1:1' }],
    ['ORIGIN_REFUSED', { origin: 'null' }],
    ['PROXY_REFUSED', { 'x-forwarded-for': '203.0.113.7' }],
    ['PROXY_REFUSED', { via: '1.1 proxy' }],
    ['ORIGIN_REFUSED', { 'sec-fetch-site': 'cross-site' }],
  ] as const;

  it.each(CALLS)('from another site is refused by %s %s', async (method, path) => {
    await start();
    for (const [code, headers] of STRANGERS) {
      expect((await ask(method, path, { headers })).json).toEqual(problem(code, 403));
    }
  });

  it.each(CALLS)('without the token, or with another, is refused by %s %s', async (method, path) => {
    await start({ adminToken: 'a token' });
    for (const authorization of ['', 'Bearer another', 'Bearer ', 'Basic a token']) {
      const { json, headers } = await ask(method, path, { headers: { authorization } });
      expect(json).toEqual(problem('TOKEN_NEEDED', 401));
      expect(headers['www-authenticate']).toBe('Bearer');
    }
    expect((await ask(method, `${path}?token=another`)).status).toBe(401);
  });

  it('changes nothing', async () => {
    await start();
    const id = await submit();
    await ask('POST', '/reset', { headers: { origin: 'https://other.example' } });
    await ask('DELETE', '/journal', { headers: { host: 'rebound.example' } });
    expect((await getTask(id)).id).toBe(id);
    expect(await getJournal()).not.toEqual([]);
  });

  it('from beyond loopback is refused by a mock without a token, whatever the Host says', () => {
    const refusal = (localAddress: string, token: string | null) =>
      createAdminGuard({ token })({
        headers: { host: 'localhost' },
        rawHeaders: ['Host', 'localhost'],
        url: '/health',
        socket: { localAddress },
      } as IncomingMessage)?.code;
    expect(refusal('192.168.1.20', null)).toBe('TOKEN_NEEDED');
    expect(refusal('fd00::5', null)).toBe('TOKEN_NEEDED');
    expect(refusal('192.168.1.20', '')).toBe('TOKEN_NEEDED');
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map((address) => refusal(address, null))).toEqual(
      Array(3).fill(undefined),
    );
  });
});

describe('a guest', () => {
  it.each(['localhost', 'LOCALHOST:4010', '127.0.0.1', '127.0.0.2:4010', '[::1]:4010'])(
    'may call this machine %s',
    async (host) => {
      await start();
      expect((await ask('GET', '/health', { headers: { host } })).status).toBe(200);
    },
  );

  it('may come from a page of the mock itself', async () => {
    const { url } = await start();
    const headers = { origin: url, 'sec-fetch-site': 'same-origin' };
    expect((await ask('GET', '/health', { headers })).status).toBe(200);
  });

  it.each([
    ['in a header', '', { authorization: 'Bearer to/k+en=' }],
    ['in a header, in lower case', '', { authorization: 'bearer to/k+en=' }],
    ['in the query', `?token=${encodeURIComponent('to/k+en=')}`, {}],
  ])('may bring the token %s, and a Host of any name', async (_, query, headers: Record<string, string>) => {
    await start({ adminToken: 'to/k+en=' });
    const asking = { raw: '', headers: { ...headers, host: 'mock.lan:4010' } };
    expect((await ask('GET', `/journal${query}`, asking)).status).toBe(200);
    expect((await ask('GET', `/health${query}`, asking)).status).toBe(200);
  });
});

describe('this file', () => {
  it('has exercised everything that is documented', () => {
    const statuses = keysOf(walk(ROOT, 'paths')).flatMap((path) =>
      METHODS.flatMap((method) => {
        const responses = walk(ROOT, 'paths', path, method, 'responses');
        return keysOf(responses).map((status) => `${method} ${path} ${status}`);
      }),
    );
    const entries = keysOf(walk(ROOT, 'components', 'schemas', 'JournalEntry', 'discriminator', 'mapping'));
    const documented = [
      ...statuses,
      'CallUnknown',
      'MethodUnknown',
      ...entries.map((type) => `journal entry ${type}`),
    ];
    const missed = documented.filter((name) => !exercised.has(name) && !Object.hasOwn(NOT_EXERCISED, name));
    expect(statuses.length).toBeGreaterThan(60);
    expect(missed).toEqual([]);
  });
});
