import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a listing works at a time before others have their turn. */
const SLICE_MS = 5;
/** How many characters are collected before they are written. */
const CHUNK = 64 * 1024;

/**
 * Walks through any number of items without holding up what else is to be done.
 * @param visit false ends the walk, a promise is waited for
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

/**
 * Sends a JSON array of any length, as fast as its reader takes it: never more than a chunk and an item are in memory.
 * @param show null for what is left out
 */
export async function sendList<Item>(
  request: IncomingMessage,
  response: ServerResponse,
  items: Iterable<Item>,
  show: (item: Item) => unknown,
): Promise<void> {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  if (request.method === 'HEAD') return void response.end();
  let chunk = '[';
  let separator = '';
  await eachInSlices(items, (item) => {
    if (response.destroyed) return false;
    const shown = show(item);
    if (shown === null) return undefined;
    chunk += separator + JSON.stringify(shown);
    separator = ',';
    if (chunk.length < CHUNK) return undefined;
    const isTaken = response.write(chunk);
    chunk = '';
    return isTaken ? undefined : drained(response);
  });
  if (!response.destroyed) response.end(`${chunk}]`);
}

/** The address of the next page, as a header (RFC 8288). The token of this call is not repeated. */
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
