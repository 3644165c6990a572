import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, expect } from 'vitest';
import { runwayCalls } from '../../../../fixtures/clients/runway-calls.ts';
import {
  openReceiver,
  type Reaction,
  type ScriptedReceiver,
} from '../../../../fixtures/receivers/scripted-receiver.ts';
import {
  createMockServer,
  type JournalEntry,
  type MockServer,
  type MockServerOptions,
  type TaskReport,
} from '../../../index.ts';
import { isDocumentedCall, isTree, type Received, violationsIn } from './admin-conformance.ts';

export interface Answer extends Received {
  /** Null when the body is not JSON. */
  readonly json: unknown;
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Body that is sent unchanged and not validated. */
  readonly raw?: string;
}

/** Calls the admin API, and validates the request and the answer against the document. */
export async function ask(
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
): Promise<Received> {
  const outgoing = httpRequest(url, { method, headers, agent: false });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += piece;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** Returns the JSON of a GET. */
export const get = async <T>(target: string): Promise<T> => (await ask('GET', target)).json as T;
/** Returns the JSON of the answer to a POST. */
export const post = async <T>(target: string, body?: unknown): Promise<T> =>
  (await ask('POST', target, { body })).json as T;
export const getTask = (id: string): Promise<TaskReport> => get<TaskReport>(`/tasks/${id}`);
export const getJournal = (query = ''): Promise<JournalEntry[]> => get<JournalEntry[]>(`/journal${query}`);

/** Returns all pages of a listing by following its Link headers. */
export async function pagesFrom<Item>(target: string): Promise<Item[][]> {
  const pages: Item[][] = [];
  let next: string | undefined = target;
  while (next !== undefined) {
    const { json, headers }: Answer & { json: unknown } = await ask('GET', next);
    pages.push(json as Item[]);
    next = /^<\/__admin([^>]+)>; rel="next"$/.exec(String(headers.link))?.[1];
  }
  return pages;
}

/** Matches problem details. */
export const problem = (code: string, status: number): object => expect.objectContaining({ code, status });

let mock: MockServer | undefined;
/** What is closed after the running test, together with the mock. */
export const opened: (() => unknown)[] = [];

afterEach(async () => {
  await mock?.close();
  mock = undefined;
  for (const close of opened.splice(0)) close();
});

/** Returns the mock of the running test. */
export function theMock(): MockServer {
  if (mock === undefined) throw new Error('the test has not started a mock');
  return mock;
}

/** Starts the mock of the running test. It is closed after the test. */
export async function start(options: MockServerOptions = {}): Promise<MockServer> {
  await mock?.close();
  mock = await createMockServer({ clock: 'virtual', seed: 7, ...options }).listen();
  return mock;
}

/** Opens a receiver for the running test. */
export async function receiver(...script: readonly Reaction[]): Promise<ScriptedReceiver> {
  const receiving = await openReceiver(...script);
  opened.push(receiving.close);
  return receiving;
}

export interface Submission {
  readonly callback?: string;
  readonly scenario?: string;
  readonly key?: string;
}

/** Submits a task as a client does. */
export async function submit({ callback, scenario, key }: Submission = {}): Promise<string> {
  const change = callback === undefined ? {} : { callBackUrl: callback };
  const headers: Record<string, string> = scenario === undefined ? {} : { 'x-mock-scenario': scenario };
  return (await runwayCalls(theMock().url, key).generate(change, headers)).taskId;
}

/** Submits a task and advances time until it has ended and its callback is settled. */
export async function finish(submission: Submission = {}): Promise<TaskReport> {
  const id = await submit(submission);
  await post('/clock', { advance: '1h' });
  return getTask(id);
}

/** Waits for the next journal entry of a type. */
export function nextEntry(type: JournalEntry['type']): Promise<JournalEntry> {
  return new Promise((resolve) => {
    const unsubscribe = theMock().journal.subscribe((entry) => {
      if (entry.type !== type) return;
      unsubscribe();
      resolve(entry);
    });
  });
}
