import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyedCall } from '../../fixtures/clients/keyed-call.ts';
import { idParam, placeUrl } from '../../fixtures/clients/pack-calls.ts';
import { FULL, rowsFor } from '../../fixtures/full.ts';
import {
  createMockServer,
  listScenarios,
  loadPacks,
  type MockServer,
  type MockServerOptions,
  type Pack,
} from '../../mock-server/index.ts';
import type { CallbackMessage, Exchange, OpenApiDocument, Oracle } from './oracles/oracle.ts';
import { ORACLES_UNDER_TEST } from './oracles/oracles-under-test.ts';

/** Scenarios that break the contract on purpose: a gateway's page, a broken connection, an invalid body. */
const OUTSIDE_THE_CONTRACT =
  /^(submit|poll)\.(502|503|504)$|^(submit|poll)\.reset$|^poll\.truncated$|^state\.(unknown|unready)$/;

interface Case {
  readonly pack: Pack;
  readonly scenario: string;
}

const CASES: readonly Case[] = loadPacks()
  .flatMap(({ name, profiles }) =>
    profiles.map((profile) => loadPacks({ profile }).find((pack) => pack.name === name)),
  )
  .filter((pack) => pack !== undefined)
  .flatMap((pack) =>
    listScenarios([pack])
      .filter(({ name }) => !OUTSIDE_THE_CONTRACT.test(name))
      .map(({ name }) => ({ pack, scenario: name })),
  );

/** Without STUNTDOUBLE_FULL, one in this many runs; each profile of each pack has some of them. */
const PART = 3;

/** Cases that run: of packs that have much in common with others, a third of that part. */
const RUN = CASES.filter((_one, index) => FULL || index % PART === 0).filter(
  ({ pack }, index) => rowsFor(pack.name, index, ['']).length > 0,
);

/** Keeps every callback it receives. */
interface Receiver {
  readonly url: string;
  readonly callbacks: { headers: Record<string, string>; body: string }[];
  close(): void;
}

let receiver: Receiver;
beforeAll(async () => {
  receiver = await openReceiver();
});
afterAll(() => receiver.close());

const judges = new Map<Pack, readonly Oracle[]>();

function judgesOf(pack: Pack): readonly Oracle[] {
  const made =
    judges.get(pack) ??
    ORACLES_UNDER_TEST.map(({ create }) => create(pack.document as OpenApiDocument, { closed: true }));
  judges.set(pack, made);
  return made;
}

describe('every answer and callback, in every state, of every scenario and profile, meets the contract', () => {
  it.each(
    RUN.map(({ pack, scenario }) => [`${pack.name} ${pack.profile} ${scenario}`, pack, scenario] as const),
  )('%s', async (_title, pack, scenario) => {
    const mock = await openMock({ profile: pack.profile, slowAnswer: 1 });
    try {
      for (const operation of pack.operations) {
        if (operation.type !== 'submit') continue;
        if (operation.derives === null) await runTask(mock, pack, operation, scenario);
        else await runDerived(mock, pack, operation, scenario);
      }
    } finally {
      await mock.close();
    }
  });
});

/** Uploads of bodies that are not JSON are tested with their clients. */
const WITHOUT_TASK: ReadonlySet<string> = new Set(['list', 'answer', 'delete', 'upload']);

describe('answers of operations without a task meet the contract', () => {
  const packs = [...new Map(CASES.map(({ pack }) => [`${pack.name} ${pack.profile}`, pack]))];
  const rows = packs.flatMap(([title, pack]) =>
    pack.operations
      .filter((one) => WITHOUT_TASK.has(one.type) && !(one.type === 'upload' && one.takesFiles))
      .map((operation) => [`${title} ${operation.id}`, pack, operation] as const),
  );

  it.each(rows)('%s', async (_title, pack, { method, path, type }) => {
    const mock = await openMock({ profile: pack.profile, secret: 'whsec_cw==' });
    try {
      const ask = async (at: string) =>
        judgeExchange(pack, await call(mock, pack, method, at, exampleBody(pack, { method, path }), null));
      if (type !== 'delete') await ask(path);
      const id = await succeededTask(mock, pack);
      await ask(path.replace(/\{\w+\}/, id));
      if (type === 'delete') await ask(path.replace(/\{\w+\}/, id));
    } finally {
      await mock.close();
    }
  });
});

type Submit = Extract<Pack['operations'][number], { type: 'submit' }>;
type Poll = Extract<Pack['operations'][number], { type: 'poll' }>;
type Cancel = Extract<Pack['operations'][number], { type: 'cancel' }>;

/** Runs one task from its submission to the day after its media expired, and judges every step. */
async function runTask(mock: MockServer, pack: Pack, operation: Submit, scenario: string): Promise<void> {
  const request = exampleRequest(pack, operation);
  const placed = placeUrl(operation, receiver.url);
  setTop(request, operation.callbackUrlPointer, receiver.url);
  const { parent } = operation;
  const parentId = parent === null ? '' : await succeededTask(mock, pack);
  if (parent !== null) setTop(request, parent.pointer, parentId);
  const path = withQuery(
    samplePath(operation.path.replace(`{${parent?.pathParam}}`, parentId)),
    placed.query,
  );
  receiver.callbacks.length = 0;
  const created = await call(mock, pack, operation.method, path, request, scenario);
  await judgeExchange(pack, created);
  const task = mock.tasks.all().at(-1);
  if (scenario.startsWith('submit.') && task?.scenario !== scenario) return;
  if (task === undefined || task.id === parentId) throw new Error('no task was created');
  let polled = 0;
  for (const { at } of task.plan.steps) {
    await mock.clock.set(laterOf(mock.clock.now(), at));
    polled += await pollEverywhere(mock, pack, task.id);
  }
  await mock.clock.advance('15d');
  polled += await pollEverywhere(mock, pack, task.id);
  expect(polled).toBeGreaterThanOrEqual(task.plan.steps.length + 1);
  await judgeCallbacks(pack, operation, scenario, mock.tasks.get(task.id)?.deliveries.length ?? 0);
  for (const cancel of pack.operations) {
    if (cancel.type === 'cancel') await runCancel(mock, pack, operation, cancel);
  }
}

/** Derives a task from one that has succeeded, and repeats the call in each of its states. */
async function runDerived(mock: MockServer, pack: Pack, operation: Submit, scenario: string): Promise<void> {
  const parentId = await succeededTask(mock, pack);
  const { parent, callbackUrlPointer, method } = operation;
  const request = exampleBody(pack, operation);
  if (request !== undefined) {
    setTop(request, callbackUrlPointer, receiver.url);
    setTop(request, parent?.pointer ?? null, parentId);
  }
  const query = parent?.queryParam ? `?${parent.queryParam}=${parentId}` : '';
  const path = samplePath(operation.path.replace(`{${parent?.pathParam}}`, parentId)) + query;
  receiver.callbacks.length = 0;
  await judgeExchange(pack, await call(mock, pack, method, path, request, scenario));
  const task = mock.tasks.all().at(-1);
  if (task === undefined || task.id === parentId) return expect(scenario).toMatch(/^submit\./);
  for (const { at } of task.plan.steps) {
    await mock.clock.set(laterOf(mock.clock.now(), at));
    await judgeExchange(pack, await call(mock, pack, method, path, request, null));
  }
  await mock.clock.advance('1d');
  await judgeCallbacks(pack, operation, scenario, mock.tasks.get(task.id)?.deliveries.length ?? 0);
}

/** Cancels a task while it runs, and again after it has ended. */
async function runCancel(mock: MockServer, pack: Pack, operation: Submit, cancel: Cancel): Promise<void> {
  const request = exampleRequest(pack, operation);
  setTop(request, operation.callbackUrlPointer, receiver.url);
  receiver.callbacks.length = 0;
  const submitted = withQuery(samplePath(operation.path), placeUrl(operation, receiver.url).query);
  await call(mock, pack, operation.method, submitted, request, 'success');
  const id = mock.tasks.all().at(-1)?.id ?? '';
  const path = samplePath(cancel.path, idParam(cancel, id));
  await judgeExchange(pack, await call(mock, pack, cancel.method, path, undefined, null));
  expect(mock.tasks.get(id)?.outcome).toBe('canceled');
  expect(await pollEverywhere(mock, pack, id)).toBeGreaterThan(0);
  await mock.clock.advance('1h');
  await judgeCallbacks(pack, operation, 'success', mock.tasks.get(id)?.deliveries.length ?? 0);
  await judgeExchange(pack, await call(mock, pack, cancel.method, path, undefined, null));
  await pollEverywhere(mock, pack, id);
}

/** Fills each parameter of a path with some word. */
function samplePath(path: string, params: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\{\+?(\w+)\}/g, (_all, name: string) => params[name] ?? `some-${name}`);
}

function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}

async function succeededTask(mock: MockServer, pack: Pack): Promise<string> {
  const operation = pack.operations.find(
    (candidate) => candidate.type === 'submit' && candidate.parent === null,
  );
  if (operation?.type !== 'submit') throw new Error('no operation creates a parent task');
  await call(
    mock,
    pack,
    operation.method,
    samplePath(operation.path),
    exampleRequest(pack, operation),
    'success',
  );
  const parent = mock.tasks.all().at(-1);
  await mock.clock.set(parent?.plan.steps.at(-1)?.at ?? '');
  return parent?.id ?? '';
}

async function pollEverywhere(mock: MockServer, pack: Pack, taskId: string): Promise<number> {
  let polls = 0;
  for (const operation of pack.operations) {
    if (operation.type !== 'poll') continue;
    const { path, body } = pollRequest(operation, taskId);
    const exchange = await call(mock, pack, operation.method, path, body, null);
    await judgeExchange(pack, exchange);
    polls += 1;
  }
  return polls;
}

/** A poll names its task in the query, in the path, or in its body. */
function pollRequest({ path, taskIdAt }: Poll, taskId: string): { path: string; body?: object } {
  const [, place = '', name = ''] = /^\$request\.(query\.|path\.|body#\/)(\w+)$/.exec(taskIdAt) ?? [];
  if (place === 'query.') return { path: `${path}?${name}=${taskId}` };
  if (place === 'path.') return { path: samplePath(path, { [name]: taskId }) };
  return { path, body: { [name]: taskId } };
}

const judged = new Map<Pack, Set<string>>();

/** Returns whether these exact bytes are new, because most scenarios begin alike. */
function isNew(pack: Pack, message: Exchange | CallbackMessage): boolean {
  const known = judged.get(pack) ?? new Set();
  judged.set(pack, known);
  const text = JSON.stringify(message, (name, value) => (name === 'date' ? undefined : value));
  if (known.has(text)) return false;
  known.add(text);
  return true;
}

/** Opens a mock whose answers depend only on its seed, without ports and dates. */
async function openMock(options: MockServerOptions): Promise<MockServer> {
  const mock = await createMockServer({
    clock: 'virtual',
    seed: 7,
    publicUrl: 'http://media.test',
    ...options,
  }).listen();
  await mock.clock.set('2100-01-01T00:00:00Z');
  return mock;
}

async function judgeExchange(pack: Pack, exchange: Exchange): Promise<void> {
  if (!isNew(pack, exchange)) return;
  for (const oracle of judgesOf(pack)) {
    const context = `${oracle.name}: ${exchange.method} ${exchange.path} answered ${JSON.stringify(exchange.responseBody)}`;
    expect(await oracle.judgeRequest(exchange), context).toEqual([]);
    expect(await oracle.judgeResponse(exchange), context).toEqual([]);
  }
}

async function judgeCallbacks(
  pack: Pack,
  operation: Submit,
  scenario: string,
  promised: number,
): Promise<void> {
  const isIncomplete = /malformed|truncated/.test(scenario) && scenario.startsWith('callback.');
  const good = receiver.callbacks.filter(({ body }) => isJson(body));
  expect(good.length).toBeGreaterThanOrEqual(isIncomplete ? promised - 1 : promised);
  for (const { headers, body } of good) {
    const message: CallbackMessage = {
      operationId: operation.id,
      callback: operation.event?.callback ?? '',
      method: 'POST',
      headers,
      body: JSON.parse(body),
    };
    if (!isNew(pack, message)) continue;
    for (const oracle of judgesOf(pack)) {
      expect(await oracle.judgeCallback(message), `${oracle.name}: ${body}`).toEqual([]);
    }
  }
}

async function call(
  mock: MockServer,
  pack: Pack,
  method: string,
  path: string,
  requestBody: unknown,
  scenario: string | null,
): Promise<Exchange> {
  const requestHeaders: Record<string, string> = {
    ...keyedCall(pack, 'contract').headers,
    ...fixedHeaders(pack),
  };
  if (requestBody !== undefined) requestHeaders['content-type'] = 'application/json';
  if (scenario !== null) requestHeaders['x-mock-scenario'] = scenario;
  const response = await fetch(`${mock.url}/${pack.name}${path}`, {
    method,
    headers: requestHeaders,
    ...(requestBody === undefined ? {} : { body: JSON.stringify(requestBody) }),
  });
  const text = await response.text();
  return {
    method,
    path,
    requestHeaders,
    requestBody,
    status: response.status,
    responseHeaders: Object.fromEntries(response.headers),
    responseBody: text === '' ? undefined : JSON.parse(text),
  };
}

/** Returns the headers for which the document allows a single value. */
function fixedHeaders({ document }: Pack): Record<string, string> {
  const parameters = Object.values(document.components?.parameters ?? {});
  const fixed = parameters.flatMap((parameter) => {
    if (!('in' in parameter) || parameter.in !== 'header') return [];
    const { default: value } = (parameter.schema ?? {}) as { default?: string };
    return value === undefined ? [] : [[parameter.name, value]];
  });
  return Object.fromEntries(fixed) as Record<string, string>;
}

function exampleRequest(pack: Pack, operation: Submit): Record<string, unknown> {
  const item = pack.document.paths?.[operation.path]?.post;
  const body = item?.requestBody as {
    content: Record<string, { examples: Record<string, { value: object }> }>;
  };
  const [example] = Object.values(body.content['application/json']?.examples ?? {});
  return { ...example?.value };
}

/** Returns the first example of the body of any operation; undefined when it has no body. */
function exampleBody(
  { document }: Pack,
  { method, path }: Pick<Submit, 'method' | 'path'>,
): Record<string, unknown> | undefined {
  const item = document.paths?.[path]?.[method.toLowerCase() as 'post'];
  const body = item?.requestBody as
    | { content: Record<string, { examples: Record<string, { value: object }> }> }
    | undefined;
  const [example] = Object.values(body?.content['application/json']?.examples ?? {});
  return example === undefined ? undefined : { ...example.value };
}

function setTop(request: Record<string, unknown>, pointer: string | null, value: string): void {
  if (pointer !== null) request[pointer.slice(1)] = value;
}

function laterOf(now: Date, at: string): Date {
  return new Date(Math.max(now.getTime(), Date.parse(at)));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function openReceiver(): Promise<Receiver> {
  const callbacks: Receiver['callbacks'] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      callbacks.push({ headers: request.headers as Record<string, string>, body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    callbacks,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
