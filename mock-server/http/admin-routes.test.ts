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

// Every answer in this file is validated against spec/admin.openapi.yaml: an operation, status, content type, header or
// key that the document lacks fails the test. The last test requires that every documented status has occurred.

type Tree = Readonly<Record<string, unknown>>;

/** A node of the document and its JSON Pointer. */
interface Place {
  readonly pointer: string;
  readonly node: Tree;
}

const DOCUMENT = readYamlFile(join(PACKAGE_ROOT, 'spec/admin.openapi.yaml')).value as Tree;
const ROOT: Place = { pointer: '', node: DOCUMENT };
const METHODS = ['get', 'post', 'delete'];

/** Documented statuses that these tests cannot cause, with the reason. */
const NOT_EXERCISED: Readonly<Record<string, string>> = {
  'post /clock 500': 'users cannot set up an endless series of due events',
  ...Object.fromEntries(
    [
      ...['post /reset', 'post /clock', 'post /tasks/{taskId}/redeliver', 'post /tasks/{taskId}/amend'],
      ...['post /scenarios', 'delete /scenarios', 'delete /journal'],
    ].map((call) => [`${call} 503`, 'needs a failing disk; see failing-disk.test.ts']),
  ),
};

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
ajvFormats.default(ajv);
// Keywords of OpenAPI, and the top level of the document, which Ajv meets on its way to the schemas.
ajv.addVocabulary(['discriminator', 'example', ...Object.keys(DOCUMENT)]);
ajv.addSchema(DOCUMENT, 'admin');

/** Returns the violations of the schema at the pointer. */
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

/** Walks down the document and follows references. */
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

/** Returns the documented path that matches the path of a call. */
function templateOf(path: string): string | undefined {
  return keysOf(walk(ROOT, 'paths')).find((template) =>
    new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
}

/** Returns the description of an answer: that of its operation or, for unknown calls, that of the components. */
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

/** Returns every violation of the document in an answer. */
function violationsIn(method: string, path: string, answer: Omit<Answer, 'json'>): string[] {
  const { name, place } = describedAt(method, path, answer.status);
  if (place === undefined) return [`${method} ${path}: ${answer.status} is not documented: ${answer.text}`];
  exercised.add(name);
  const missing = keysOf(walk(place, 'headers')).flatMap((header) => {
    const value = answer.headers[header.toLowerCase()];
    const described = walk(place, 'headers', header);
    if (described === undefined || (described.node.required === false && value === undefined)) return [];
    return violations(`${described.pointer}/schema`, value).map((why) => `${header}: ${why}`);
  });
  return [...missing, ...violationsInBody(place, answer)].map((why) => `${name}: ${why}`);
}

function violationsInBody(place: Place, { headers, text }: Omit<Answer, 'json'>): string[] {
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

/** Returns whether the document allows the parameters and the body of a call. */
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
  /** Body that is sent unchanged and not validated. */
  readonly raw?: string;
}

/** Calls the admin API, and validates the request and the answer against the document. */
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
  expect(violationsIn(method, path, answer)).toEqual([]);
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

/** Returns all pages of a listing by following its Link headers. */
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

/** Submits a task as a client does. */
async function submit({ callback, scenario, key }: Submission = {}): Promise<string> {
  const change = callback === undefined ? {} : { callBackUrl: callback };
  const headers: Record<string, string> = scenario === undefined ? {} : { 'x-mock-scenario': scenario };
  return (await runwayCalls(theMock().url, key).generate(change, headers)).taskId;
}

/** Submits a task and advances time until it has ended and its callback is settled. */
async function finish(submission: Submission = {}): Promise<TaskReport> {
  const id = await submit(submission);
  await post('/clock', { advance: '1h' });
  return getTask(id);
}

/** Waits for the next journal entry of a type. */
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
  /** Returns the next blocks of the stream; the very first one is the greeting. */
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
  expect(violationsIn('GET', target.split('?')[0] ?? '', answer)).toEqual([]);
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

/** A judge that returns the type and task of every entry. */
const repeat: NonNullable<MockServerOptions['judge']> = (entries) =>
  [...entries].map((entry) => ({ type: entry.type, taskId: 'taskId' in entry ? entry.taskId : null }));

type Shown = readonly { readonly type: string; readonly taskId: string | null }[];

describe('the admin OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await validateOpenApi(structuredClone(DOCUMENT) as Parameters<typeof validateOpenApi>[0]);
    expect(result).toMatchObject({ valid: true, warnings: [] });
  });

  it('has examples that match their schemas', () => {
    const holders = holdersOfExamples(ROOT);
    expect(holders.length).toBeGreaterThan(15);
    expect(holders.flatMap(violationsInExamples)).toEqual([]);
  });

  it('lists the same journal entry types in three places', () => {
    const entry = walk(ROOT, 'components', 'schemas', 'JournalEntry');
    const types = Object.values(walk(ROOT, 'components', 'schemas', 'JournalType', 'enum')?.node ?? {});
    expect(keysOf(walk(entry, 'discriminator', 'mapping'))).toEqual(types);
    const mapped = Object.values(walk(entry, 'discriminator', 'mapping')?.node ?? {});
    const united = Object.values(walk(entry, 'oneOf')?.node ?? {});
    expect(united).toEqual(mapped.map(($ref) => ({ $ref })));
  });

  it('is what the mock serves at /openapi.json', async () => {
    await start();
    expect(await get('/openapi.json')).toEqual(DOCUMENT);
  });
});

/** Objects with examples and a schema: media types and parameters. */
function holdersOfExamples(place: Place): Place[] {
  const isHolder = 'schema' in place.node && ('examples' in place.node || 'example' in place.node);
  const beneath = keysOf(place)
    .filter((key) => !isTree(place.node[key]) || !('$ref' in (place.node[key] as Tree)))
    .flatMap((key) => walk(place, key) ?? []);
  return [...(isHolder ? [place] : []), ...beneath.flatMap(holdersOfExamples)];
}

function violationsInExamples(holder: Place): string[] {
  const named = keysOf(walk(holder, 'examples')).map((key) => walk(holder, 'examples', key)?.node.value);
  const values = 'example' in holder.node ? [...named, holder.node.example] : named;
  return values.flatMap((value) =>
    violations(`${holder.pointer}/schema`, value).map((why) => holder.pointer + why),
  );
}

describe('GET /health', () => {
  it('reports the status, packs and service time', async () => {
    const { packs } = await start();
    expect(await get('/health')).toMatchObject({
      status: 'ok',
      packs: packs.map(({ name }) => name),
      profiles: { runway: 'documented' },
      now: '2026-01-01T00:00:00.000Z',
    });
  });

  it('sends no ETag, because every answer reflects the current state', async () => {
    await start();
    expect((await ask('GET', '/health')).headers.etag).toBeUndefined();
  });
});

describe('a deeply nested body', () => {
  it('is rejected, and the next call works', async () => {
    await start();
    const deep = `{"scenario":"success","times":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const { json } = await ask('POST', '/scenarios', { raw: deep });
    expect(json).toMatchObject({
      code: 'BAD_REQUEST',
      detail: expect.stringContaining('nested 20001 levels deep'),
    });
    expect((await ask('GET', '/health')).status).toBe(200);
  });
});

describe('/clock', () => {
  it.each(['real', 'virtual', 'polls'] as const)('shows and advances time in mode %s', async (clock) => {
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
  ])('sets the time to %s', async (set, now) => {
    await start();
    expect(await post('/clock', { set })).toMatchObject({ now });
  });

  it('answers after callbacks and their retries have ended', async () => {
    await start();
    const { url, posts } = await receiver(500, 500, 200);
    await submit({ callback: url });
    await post('/clock', { advance: '1h' });
    expect(posts).toHaveLength(3);
  });

  it.each([
    ['a list', []],
    ['no key', {}],
    ['both keys', { advance: '1s', set: '2027-01-01T00:00:00Z' }],
    ['a misspelled key', { advanced: '1s' }],
    ['an additional key', { advance: '1s', speed: 2 }],
    ['a number', { advance: 5 }],
    ['null', { advance: null }],
    ['an invalid duration', { advance: 'soon' }],
    ['a negative duration', { advance: '-1s' }],
    ['an empty duration', { advance: '' }],
    ['an invalid time', { set: 'tomorrow' }],
    ['a time in words', { set: 'Jan 5 2027' }],
    ['a time without a zone', { set: '2027-01-05T00:00:00' }],
    ['a day that does not exist', { set: '2027-01-32' }],
  ])('rejects a body with %s', async (_, body) => {
    await start();
    expect(await post('/clock', body)).toEqual(problem('BAD_REQUEST', 400));
    expect(await get('/clock')).toMatchObject({ now: '2026-01-01T00:00:00.000Z' });
  });

  it('rejects a call without a body', async () => {
    await start();
    expect(await post('/clock')).toEqual(problem('BAD_REQUEST', 400));
  });

  it('rejects a time in the past', async () => {
    await start();
    expect(await post('/clock', { set: '2025-12-31' })).toEqual(problem('CLOCK_BACKWARDS', 409));
  });

  it.each(['{"advance":"99999999999999d"}', '{"advance":"2922000d"}', '{"set":"9999-12-31"}'])(
    'rejects a time that cannot be formatted: %s',
    async (raw) => {
      await start();
      expect((await ask('POST', '/clock', { raw })).json).toEqual(problem('BAD_REQUEST', 400));
      expect(await get('/health')).toMatchObject({ now: '2026-01-01T00:00:00.000Z' });
    },
  );
});

describe('the body of an admin call', () => {
  const CALLS = ['/clock', '/scenarios', '/tasks/any/amend'];

  it.each(CALLS)('must be JSON: %s', async (target) => {
    await start();
    expect((await ask('POST', target, { raw: '{"advance":' })).json).toEqual(problem('BAD_REQUEST', 400));
  });

  it.each(CALLS)('must have a JSON content type: %s', async (target) => {
    await start();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { json } = await ask('POST', target, { raw: '{"advance":"1s"}', headers });
    expect(json).toEqual(problem('BAD_REQUEST', 400));
  });

  it.each(CALLS)('must not exceed one megabyte: %s', async (target) => {
    await start();
    const raw = JSON.stringify({ advance: 'x'.repeat(1024 * 1024) });
    expect((await ask('POST', target, { raw })).json).toEqual(problem('BAD_REQUEST', 413));
  });

  it.each(CALLS)('must have a supported charset: %s', async (target) => {
    await start();
    const headers = { 'content-type': 'application/json; charset=latin1' };
    expect((await ask('POST', target, { raw: '{}', headers })).json).toEqual(problem('BAD_REQUEST', 415));
  });

  it('is shortened in the problem details', async () => {
    await start();
    const { text } = await ask('POST', '/clock', { body: { advance: 'x'.repeat(100_000) } });
    expect(text.length).toBeLessThan(1000);
  });

  it.each(['__proto__', 'constructor'])('cannot have the key %s', async (key) => {
    await start();
    const { json } = await ask('POST', '/clock', { raw: `{"${key}":{"advance":"1h"}}` });
    expect(json).toEqual(problem('BAD_REQUEST', 400));
    expect(Object.hasOwn(Object.prototype, 'advance')).toBe(false);
  });
});

describe('/tasks/{taskId}', () => {
  it('shows a task that has just been submitted', async () => {
    await start();
    const task = await getTask(await submit({ callback: (await receiver()).url }));
    expect(task).toMatchObject({
      outcome: null,
      expired: false,
      deliveries: [{ status: 'pending', attempts: [] }],
    });
    expect(task.timeline).toHaveLength(1);
  });

  it('shows the history of a task that has succeeded and expired', async () => {
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

  it('shows the reason of a failure', async () => {
    await start();
    const task = await finish({ callback: (await receiver()).url, scenario: 'fail.nsfw' });
    expect(task).toMatchObject({
      outcome: 'fail.nsfw',
      plan: { outcome: { slug: 'nsfw' }, mediaExpiresAt: null },
    });
  });

  it('shows every retry', async () => {
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
  ] as const)('shows an abandoned delivery when the receiver answers %s', async (reaction, outcome) => {
    await start({ retries: 0, ...(outcome === 'timeout' ? { ackTimeout: '50ms' } : {}) });
    const task = await finish({ callback: (await receiver(reaction)).url });
    expect(task.deliveries).toMatchObject([{ status: 'abandoned', attempts: [{ outcome }] }]);
  });

  it.each([
    ['http://127.0.0.1:1/', 'refused'],
    ['http://169.254.169.254/', 'blocked'],
  ])('shows an abandoned delivery when %s is %s', async (callback, outcome) => {
    await start({ retries: 0 });
    const task = await finish({ callback });
    expect(task.deliveries).toMatchObject([{ status: 'abandoned', attempts: [{ outcome, status: null }] }]);
  });

  it('shows a failed TLS handshake', async () => {
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
  ])('shows a task with the scenario %s', async (scenario) => {
    await start({ slowAnswer: '1ms' });
    const task = await finish({ callback: (await receiver()).url, scenario });
    expect(task).toMatchObject({ scenario, outcome: 'success' });
  });

  it('shows the parent of a task', async () => {
    await start();
    const parent = await finish();
    const { taskId } = await runwayCalls(theMock().url).extend({ taskId: parent.id });
    expect(await getTask(taskId)).toMatchObject({ parentId: parent.id, kind: 'extend' });
  });

  it('shows a task that waits for a slot, and after it got one', async () => {
    await start({ concurrency: 1, queue: 1 });
    const [first, second, third] = [await submit(), await submit(), await submit()];
    expect(await getTask(third)).toMatchObject({ plan: { slot: null, outcome: { type: 'failure' } } });
    await post('/clock', { advance: '15s' });
    await post(`/tasks/${first}/amend`, { outcome: 'success' });
    expect(await getJournal(`?type=task.amended&taskId=${second}`)).toHaveLength(1);
  });

  it('reports a removed task as unknown, and announces the removal in the event stream', async () => {
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
  ])('rejects an unknown task: %s %s', async (method, target) => {
    await start();
    const body = target.endsWith('amend') ? { outcome: 'success' } : undefined;
    expect((await ask(method, target, { body })).json).toEqual(problem('TASK_UNKNOWN', 404));
  });

  it.each([
    ['GET', '/tasks/%E0%A4%A'],
    ['POST', '/tasks/%E0%A4%A/redeliver'],
    ['POST', '/tasks/%E0%A4%A/amend'],
  ])('rejects an id that is not valid UTF-8: %s %s', async (method, target) => {
    await start();
    expect((await ask(method, target, { raw: '' })).json).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('GET /tasks', () => {
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
  ])('returns the matching tasks for "%s"', async (query, expected) => {
    const ids = await startWithThree();
    const withId = query.replace(/before=(\d)/, (_, index) => `before=${ids[Number(index)]}`);
    const listed = await get<TaskReport[]>(`/tasks${withId}`);
    expect(listed.map(({ id }) => id)).toEqual(expected.map((index) => ids[index]));
  });

  it('links from page to page, up to the oldest task', async () => {
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

  it('rejects an unknown task in "before"', async () => {
    await start();
    await submit();
    expect((await ask('GET', '/tasks?before=none')).json).toEqual(problem('TASK_UNKNOWN', 404));
  });

  it('omits the token from the address of the next page', async () => {
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
  ])('rejects ?%s', async (query) => {
    await start();
    expect(await get(`/tasks?${query}`)).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('POST /tasks/{taskId}/redeliver', () => {
  it('sends the callback again, with its own retries', async () => {
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

  it('is awaited by advancing the clock by 0 s', async () => {
    await start();
    const { url, posts } = await receiver();
    const { id } = await finish({ callback: url });
    await ask('POST', `/tasks/${id}/redeliver`);
    await post('/clock', { advance: '0s' });
    expect(posts).toHaveLength(2);
  });

  it('requires a callback URL', async () => {
    await start();
    const { id } = await finish();
    expect(await post(`/tasks/${id}/redeliver`)).toEqual(problem('NO_CALLBACK', 409));
  });

  it('requires a state that is announced', async () => {
    await start();
    const id = await submit({ callback: (await receiver()).url });
    expect(await post(`/tasks/${id}/redeliver`)).toEqual(problem('NO_CALLBACK', 409));
  });
});

describe('POST /tasks/{taskId}/amend', () => {
  it.each(['success', 'fail.nsfw'])('ends a running task as %s', async (outcome) => {
    await start();
    const { url, posts } = await receiver();
    const id = await submit({ callback: url });
    await post('/clock', { advance: '5s' });
    expect(await post(`/tasks/${id}/amend`, { outcome })).toMatchObject({ outcome });
    await post('/clock', { advance: '0s' });
    expect(posts).toHaveLength(1);
    expect(await getJournal('?type=task.amended')).toMatchObject([{ taskId: id, plan: { taskId: id } }]);
  });

  it('rejects a task that has ended', async () => {
    await start();
    const { id } = await finish();
    expect(await post(`/tasks/${id}/amend`, { outcome: 'success' })).toEqual(problem('TASK_FINISHED', 409));
  });

  it('suggests outcomes similar to an unknown one', async () => {
    await start();
    const refusal = await post(`/tasks/${await submit()}/amend`, { outcome: 'fail.nsfv' });
    expect(refusal).toMatchObject({ code: 'SCENARIO_UNKNOWN', remedy: expect.stringContaining('fail.nsfw') });
  });

  it.each([{}, { outcome: 5 }, { outcome: '' }, { outcomes: 'success' }, { outcome: 'success', now: true }])(
    'rejects %j',
    async (body) => {
      await start();
      expect(await post(`/tasks/${await submit()}/amend`, body)).toEqual(problem('BAD_REQUEST', 400));
    },
  );
});

describe('/scenarios', () => {
  it('rejects a scenario when the queue is full', async () => {
    await start();
    for (let n = 0; n < 10_000; n++) theMock().scenarios.enqueue('success');
    const body = { scenario: 'success' };
    expect((await ask('POST', '/scenarios', { body })).json).toEqual(problem('QUEUE_FULL', 409));
  });

  it('applies a queued scenario to as many submissions as requested', async () => {
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

  it('returns the start of the queue, up to the limit', async () => {
    await start();
    for (let n = 0; n < 3; n++) await post('/scenarios', { scenario: 'success', times: n + 1 });
    expect(await post('/scenarios', { scenario: 'fail.nsfw' })).toMatchObject({ waiting: 4 });
    expect(await get('/scenarios?limit=2')).toMatchObject([{ times: 1 }, { times: 2 }]);
    expect(await get('/scenarios?limit=none')).toEqual(problem('BAD_REQUEST', 400));
  });

  it('keeps the queues of keys separate', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'one' });
    const other = await getTask(await submit({ key: 'two' }));
    const own = await getTask(await submit({ key: 'one' }));
    expect([other.scenario, own.scenario]).toEqual(['success', 'fail.nsfw']);
  });

  it('clears the queue', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'one' });
    await post('/scenarios', { scenario: 'fail.nsfw' });
    expect((await ask('DELETE', '/scenarios')).status).toBe(204);
    expect(await get('/scenarios')).toEqual([]);
  });

  it('clears the scenarios of one key only', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'one' });
    await post('/scenarios', { scenario: 'fail.nsfw', apiKey: 'two' });
    await post('/scenarios', { scenario: 'success' });
    await ask('DELETE', '/scenarios?apiKey=one');
    expect(await get<unknown[]>('/scenarios')).toHaveLength(2);
    expect((await getTask(await submit({ key: 'one' }))).scenario).toBe('success');
    expect((await getTask(await submit({ key: 'two' }))).scenario).toBe('fail.nsfw');
  });

  it('clears nothing when the parameter is misspelled', async () => {
    await start();
    await post('/scenarios', { scenario: 'fail.nsfw' });
    expect((await ask('DELETE', '/scenarios?apikey=one')).json).toEqual(problem('BAD_REQUEST', 400));
    expect(await get<unknown[]>('/scenarios')).toHaveLength(1);
  });

  it('suggests scenarios similar to an unknown one', async () => {
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
  ])('queues nothing for %j', async (body) => {
    await start();
    expect(await post('/scenarios', body)).toEqual(problem('BAD_REQUEST', 400));
    expect(await get('/scenarios')).toEqual([]);
  });
});

describe('/journal', () => {
  it('returns entries of every type as documented', async () => {
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

  it('returns callbacks as they were sent, with their signature', async () => {
    await start({ secret: 'a secret' });
    const { url, posts } = await receiver();
    await finish({ callback: url });
    const [started] = await getJournal('?type=attempt.started');
    expect(started).toMatchObject({ url, body: posts[0]?.body });
    const written = started?.type === 'attempt.started' ? Object.entries(started.headers) : [];
    expect(written.map(([name]) => name)).toContain('X-Webhook-Signature');
    for (const [name, value] of written) expect(posts[0]?.headers[name.toLowerCase()]).toBe(value);
  });

  it('leaves times in bodies of others unchanged', async () => {
    await start();
    await runwayCalls(theMock().url).generate({ createdAt: 5, at: 6 });
    expect(await getJournal('?type=task.submitted')).toMatchObject([
      { plan: { request: { createdAt: 5, at: 6 } } },
    ]);
  });

  it('filters by type, task and position together', async () => {
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

  it('links from page to page, up to the newest entry', async () => {
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

  it('returns a thousand entries by default', async () => {
    await start();
    const id = await submit();
    const calls = runwayCalls(theMock().url);
    for (let n = 0; n < 1010; n++) await calls.details(id);
    expect(await getJournal()).toHaveLength(1000);
    expect(await getJournal('?limit=5000')).toHaveLength(1012);
    expect((await pagesFrom('/journal')).map((page) => page.length)).toEqual([1000, 12]);
  });

  it('accepts every documented type as a filter', async () => {
    await start();
    const types = Object.values(walk(ROOT, 'components', 'schemas', 'JournalType', 'enum')?.node ?? {});
    for (const type of types) expect(await getJournal(`?type=${type}`)).toEqual([]);
  });

  const BAD_FILTERS = ['since=-1', 'since=soon', 'since=', 'since=0x10', 'type=task.done', 'type=', 'task=1'];

  it.each([...BAD_FILTERS, 'type=task.changed&type=task.expired', 'taskId=1&taskId=2'])(
    'rejects ?%s in /journal and in /events',
    async (query) => {
      await start();
      expect(await getJournal(`?${query}`)).toEqual(problem('BAD_REQUEST', 400));
      expect(await get(`/events?${query}`)).toEqual(problem('BAD_REQUEST', 400));
    },
  );

  it('suggests types similar to an unknown one', async () => {
    await start();
    expect(await getJournal('?type=attempt.end')).toMatchObject({
      remedy: expect.stringContaining('attempt.ended'),
    });
  });

  it('is cleared without restarting the numbers', async () => {
    await start();
    const id = await submit();
    const last = (await getJournal()).at(-1)?.seq;
    expect((await ask('DELETE', '/journal')).status).toBe(204);
    expect(await getJournal()).toEqual([]);
    expect((await getTask(id)).id).toBe(id);
    await submit();
    // The entry about the clearing has a number as well.
    expect((await getJournal())[0]?.seq).toBe(Number(last) + 2);
  });

  it('is not cleared by a call with a filter', async () => {
    await start();
    const id = await submit();
    expect((await ask('DELETE', `/journal?taskId=${id}`)).json).toEqual(problem('BAD_REQUEST', 400));
    expect(await getJournal()).not.toEqual([]);
  });
});

describe('GET /events', () => {
  it('rejects more readers than the limit', async () => {
    await start();
    for (let n = 0; n < 64; n++) await openEvents('/events');
    expect((await ask('GET', '/events')).json).toEqual(problem('READERS_FULL', 503));
  });

  it('streams entries as they are written', async () => {
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

  it('streams requested existing entries first, then new ones', async () => {
    await start();
    await submit();
    const stream = await openEvents('/events?since=0');
    const past = (await stream.take(3)).flatMap(({ entry }) => entry ?? []);
    expect(past).toEqual(await getJournal());
    await submit();
    expect(await stream.take(1)).toMatchObject([{ id: '3' }]);
  });

  it('resumes after the last entry that a reader received', async () => {
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

  it('resumes for a reader that had not received an entry yet', async () => {
    await start();
    await submit();
    const broken = await openEvents('/events');
    const [greeting] = await broken.take(1);
    broken.close();
    const id = await submit();
    const resumed = await openEvents('/events', { 'last-event-id': String(greeting?.id) });
    expect(await resumed.take(2)).toMatchObject([{}, { entry: { taskId: id } }]);
  });

  it('ignores an invalid Last-Event-ID', async () => {
    await start();
    await submit();
    const stream = await openEvents('/events?since=1', { 'last-event-id': 'the first' });
    expect(await stream.take(2)).toMatchObject([{ id: '1' }, { id: '2' }]);
  });

  it('filters existing and new entries', async () => {
    await start();
    const ids = [await submit(), await submit()];
    const stream = await openEvents(`/events?since=0&type=task.changed&taskId=${ids[1]}`);
    await post('/clock', { advance: '1h' });
    const changes = await getJournal(`?type=task.changed&taskId=${ids[1]}`);
    const entries = (await stream.take(1 + changes.length)).flatMap(({ entry }) => entry ?? []);
    expect(entries).toEqual(changes);
  });

  it('streams any number of existing entries at the speed of the reader', async () => {
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

  it('ends at once for HEAD, so that the connection can be reused', async () => {
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

describe('GET /packs', () => {
  it('lists operations with schema and example, and scenarios', async () => {
    await start();
    const packs = await get<readonly { readonly name: string }[]>('/packs');
    expect(packs[0]?.name).toBe('runway');
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

  it('lists headers that every call requires', async () => {
    await start();
    const packs = await get('/packs');
    expect(JSON.stringify(packs)).toContain('"headers":{"X-Runway-Version":"2024-11-06"}');
  });

  it('rejects parameters', async () => {
    await start();
    expect(await get('/packs?name=runway')).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('GET /tasks/{taskId}/checks', () => {
  it('returns no violations when all messages are valid', async () => {
    await start();
    const { url } = await receiver();
    const id = await submit({ callback: url });
    await post('/clock', { advance: '1h' });
    expect(await get(`/tasks/${id}/checks`)).toEqual([]);
  });

  it('returns the violations in a message with its journal entry', async () => {
    await start();
    const { url } = await receiver();
    const id = await submit({ callback: url, scenario: 'callback.malformed' });
    await post('/clock', { advance: '1h' });
    expect(await get(`/tasks/${id}/checks`)).toEqual([
      { seq: expect.any(Number), request: [], answer: [], callback: [{ at: '', message: 'is not JSON' }] },
    ]);
  });

  it('rejects an unknown task', async () => {
    await start();
    expect(await get('/tasks/none/checks')).toEqual(problem('TASK_UNKNOWN', 404));
  });
});

describe('GET /verdicts', () => {
  it('answers 501 without a judge', async () => {
    await start();
    expect(await get('/verdicts')).toEqual(problem('NO_JUDGE', 501));
  });

  it('returns what the judge makes of the journal so far', async () => {
    await start({ judge: repeat });
    await submit();
    expect(await get('/verdicts')).toEqual([
      { type: 'task.submitted', taskId: expect.any(String) },
      { type: 'request.answered', taskId: expect.any(String) },
    ]);
  });

  it('waits for an asynchronous judge', async () => {
    await start({ judge: async () => ({ passed: true }) });
    expect(await get('/verdicts')).toEqual({ passed: true });
  });

  it('considers the calls and tasks of one key only', async () => {
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

  it.each(['apiKey=', 'apikey=one', 'apiKey=one&apiKey=two'])('rejects ?%s', async (query) => {
    await start({ judge: repeat });
    expect(await get(`/verdicts?${query}`)).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('DELETE /journal', () => {
  it('is announced in the event stream', async () => {
    await start();
    const stream = await openEvents('/events?type=journal.cleared');
    expect((await ask('DELETE', '/journal')).status).toBe(204);
    expect(await stream.take(2)).toMatchObject([{}, { event: 'journal.cleared' }]);
    expect(await getJournal()).toEqual([]);
  });
});

describe('POST /reset', () => {
  it('restores the initial state, so that the same calls return the same ids', async () => {
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

  it('is announced in the event stream', async () => {
    await start();
    const stream = await openEvents('/events?type=server.reset');
    await ask('POST', '/reset');
    expect(await stream.take(2)).toMatchObject([{}, { event: 'server.reset' }]);
  });

  it('clears the metrics', async () => {
    await start();
    await submit();
    expect((await ask('GET', '/metrics')).text).toContain('stuntdouble_tasks_total{');
    await ask('POST', '/reset');
    expect((await ask('GET', '/metrics')).text).not.toContain('stuntdouble_tasks_total{');
  });

  it('rejects parameters', async () => {
    await start();
    const id = await submit();
    expect((await ask('POST', '/reset?apiKey=one')).json).toEqual(problem('BAD_REQUEST', 400));
    expect((await getTask(id)).id).toBe(id);
  });
});

describe('edits of packs', () => {
  it('are in the journal, with the error of an invalid edit', async () => {
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

describe('GET /metrics', () => {
  it('counts what happened in the text format of Prometheus', async () => {
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

describe('an unknown admin call', () => {
  it.each(['', '/', '/nothing', '/tasks/1/cancel', '/health/more'])('is rejected: GET %s', async (target) => {
    await start();
    expect(await get(target)).toEqual(problem('CALL_UNKNOWN', 404));
  });

  const UNSUPPORTED = keysOf(walk(ROOT, 'paths')).flatMap((path) =>
    [...METHODS, 'put', 'patch', 'options']
      .filter((method) => walk(ROOT, 'paths', path, method) === undefined)
      .map((method) => [method.toUpperCase(), path.replace('{taskId}', 'any')] as const),
  );

  it.each(UNSUPPORTED)('is rejected with the supported methods: %s %s', async (method, path) => {
    await start();
    const { json, headers } = await ask(method, path);
    expect(json).toEqual(problem('METHOD_UNKNOWN', 405));
    const item = keysOf(walk(ROOT, 'paths', templateOf(path) ?? '')).filter((key) => METHODS.includes(key));
    expect(headers.allow?.split(', ').sort()).toEqual(item.map((key) => key.toUpperCase()).sort());
  });
});

describe('the admin guard', () => {
  const CALLS = keysOf(walk(ROOT, 'paths')).flatMap((path) =>
    METHODS.filter((method) => walk(ROOT, 'paths', path, method) !== undefined).map(
      (method) => [method.toUpperCase(), path.replace('{taskId}', 'any')] as const,
    ),
  );
  const REJECTED_HEADERS = [
    ['HOST_REFUSED', { host: 'rebound.example' }],
    ['HOST_REFUSED', { host: '127.0.0.1.rebound.example:80' }],
    ['ORIGIN_REFUSED', { origin: 'https://other.example' }],
    ['ORIGIN_REFUSED', { origin: 'http://127.0.0.1:1' }],
    ['ORIGIN_REFUSED', { origin: 'null' }],
    ['PROXY_REFUSED', { 'x-forwarded-for': '203.0.113.7' }],
    ['PROXY_REFUSED', { via: '1.1 proxy' }],
    ['ORIGIN_REFUSED', { 'sec-fetch-site': 'cross-site' }],
  ] as const;

  it.each(CALLS)('rejects calls from other sites: %s %s', async (method, path) => {
    await start();
    for (const [code, headers] of REJECTED_HEADERS) {
      expect((await ask(method, path, { headers })).json).toEqual(problem(code, 403));
    }
  });

  it.each(CALLS)('rejects a missing or wrong token: %s %s', async (method, path) => {
    await start({ adminToken: 'a token' });
    for (const authorization of ['', 'Bearer another', 'Bearer ', 'Basic a token']) {
      const { json, headers } = await ask(method, path, { headers: { authorization } });
      expect(json).toEqual(problem('TOKEN_NEEDED', 401));
      expect(headers['www-authenticate']).toBe('Bearer');
    }
    expect((await ask(method, `${path}?token=another`)).status).toBe(401);
  });

  it('keeps rejected calls from changing state', async () => {
    await start();
    const id = await submit();
    await ask('POST', '/reset', { headers: { origin: 'https://other.example' } });
    await ask('DELETE', '/journal', { headers: { host: 'rebound.example' } });
    expect((await getTask(id)).id).toBe(id);
    expect(await getJournal()).not.toEqual([]);
  });

  it('rejects callers beyond loopback when there is no token, regardless of the Host header', () => {
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

describe('an allowed admin call', () => {
  it.each(['localhost', 'LOCALHOST:4010', '127.0.0.1', '127.0.0.2:4010', '[::1]:4010'])(
    'may address loopback as %s',
    async (host) => {
      await start();
      expect((await ask('GET', '/health', { headers: { host } })).status).toBe(200);
    },
  );

  it('may come from a page of the mock', async () => {
    const { url } = await start();
    const headers = { origin: url, 'sec-fetch-site': 'same-origin' };
    expect((await ask('GET', '/health', { headers })).status).toBe(200);
  });

  it.each([
    ['in a header', '', { authorization: 'Bearer to/k+en=' }],
    ['in a header, in lower case', '', { authorization: 'bearer to/k+en=' }],
    ['in the query', `?token=${encodeURIComponent('to/k+en=')}`, {}],
  ])('may send the token %s, with any Host', async (_, query, headers: Record<string, string>) => {
    await start({ adminToken: 'to/k+en=' });
    const asking = { raw: '', headers: { ...headers, host: 'mock.lan:4010' } };
    expect((await ask('GET', `/journal${query}`, asking)).status).toBe(200);
    expect((await ask('GET', `/health${query}`, asking)).status).toBe(200);
  });
});

describe('the tests of the admin API', () => {
  it('cover every documented status and journal entry', () => {
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
