import type { IncomingMessage, ServerResponse } from 'node:http';

/** Longest time in milliseconds that a listing runs before it yields to other work. */
const SLICE_MS = 5;
/** Number of characters that are collected before they are written. */
const CHUNK = 64 * 1024;

/**
 * Visits items and regularly yields to other work.
 * @param visit returns false to stop, or a promise to wait for
 */
export async function eachInSlices<Item>(
  items: Iterable<Item>,
  visit: (item: Item) => false | Promise<void> | undefined,
): Promise<void> {
  let sliceStart = performance.now();
  for (const item of items) {
    const result = visit(item);
    if (result === false) return;
    if (result !== undefined) await result;
    if (performance.now() - sliceStart < SLICE_MS) continue;
    await nextTurn();
    sliceStart = performance.now();
  }
}

/** The JSON around the items of a list, when the list is a part of an object. */
interface Enclosure {
  readonly before: string;
  readonly after: string;
}

/**
 * Sends a JSON array of any length, at the speed of its reader: memory holds at most one chunk and one item.
 * @param show returns null for an item to leave out
 */
export async function sendList<Item>(
  request: IncomingMessage,
  response: ServerResponse,
  items: Iterable<Item>,
  show: (item: Item) => unknown,
  { before = '[', after = ']' }: Partial<Enclosure> = {},
): Promise<void> {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  if (request.method === 'HEAD') return void response.end();
  let chunk = before;
  let separator = '';
  await eachInSlices(items, (item) => {
    if (response.destroyed) return false;
    const shown = show(item);
    if (shown === null) return undefined;
    chunk += separator + JSON.stringify(shown);
    separator = ',';
    if (chunk.length < CHUNK) return undefined;
    const hasRoom = response.write(chunk);
    chunk = '';
    return hasRoom ? undefined : drained(response);
  });
  if (!response.destroyed) response.end(`${chunk}${after}`);
}

/**
 * Adds a Link header with the address of the next page (RFC 8288). The token of the call is removed from the address.
 */
export function linkNext(
  request: IncomingMessage & { readonly originalUrl: string },
  response: ServerResponse,
  name: string,
  value: string,
): void {
  const [path = '', query] = request.originalUrl.split('?');
  const parameters = new URLSearchParams(query);
  parameters.delete('token');
  parameters.set(name, value);
  response.setHeader('link', `<${path}?${parameters}>; rel="next"`);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
