import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ACCEPTED_APPS,
  type App,
  describe,
  type Handler,
  isResponse,
  type NodeHandler,
  resolveApp,
  UnusableApp,
} from './app-under-test.ts';
import { sendFetchResponse, toFetchRequest } from './fetch-bridge.ts';

export interface ServedApp {
  /** For example `http://127.0.0.1:49152`. */
  readonly origin: string;
  /** Returns why the app does not fit its style; null when no reason is known. */
  misfit(): UnusableApp | null;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Wraps the handling of each request, for example in an async context. */
  readonly around?: (handle: () => void) => void;
  /** Called with each error that the framework or this server turned into an answer. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Serves an app of any supported kind on a free loopback port.
 * @throws {UnusableApp} for any other value, with the supported kinds
 */
export async function serveApp(app: App, options: ServeOptions = {}): Promise<ServedApp> {
  const { around = (handle) => handle(), onError = () => undefined } = options;
  const handler = await resolveApp(app);
  let misfit: UnusableApp | null = null;
  const exchange = createExchange(handler, onError, (error) => {
    misfit ??= error;
  });
  const server = createServer((incoming, outgoing) => around(() => exchange(incoming, outgoing)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    misfit: () => misfit,
    close: () => closeServer(server),
  };
}

type ExchangeHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Passes a request to the app according to its style. */
function createExchange(
  handler: Handler,
  onError: (error: unknown) => void,
  onMisfit: (error: UnusableApp) => void,
): ExchangeHandler {
  const byFetch = async (
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    body?: Buffer,
  ): Promise<void> => {
    const result = await (handler.handle as (request: Request) => unknown)(
      toFetchRequest(incoming, outgoing, body),
    );
    if (isResponse(result)) return sendFetchResponse(result, outgoing);
    const error = returned(result, 'for a Request');
    onMisfit(error);
    answer(outgoing, 500, error.message);
  };
  const failed = (outgoing: ServerResponse, error: unknown): void => {
    // A sender that disconnects is not an error of the app.
    if (outgoing.destroyed && !outgoing.writableFinished) return;
    onError(error);
    answer(outgoing, 500, 'Internal Server Error');
  };
  if (handler.style === 'fetch') {
    return (incoming, outgoing) => {
      byFetch(incoming, outgoing).catch((error) => failed(outgoing, error));
    };
  }
  if (handler.style === 'node') {
    return (incoming, outgoing) => callListener(handler.handle, incoming, outgoing, onError);
  }
  return createEither(handler.handle, { byFetch, failed, onMisfit });
}

/** Does not catch exceptions of a listener: in production they end the process, and here a watch records them. */
function callListener(
  handle: NodeHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onError: (error: unknown) => void,
): void {
  handle(incoming, outgoing, (error) => {
    if (error === undefined || error === null) return answer(outgoing, 404, 'Not Found');
    const status = statusOf(error);
    // Errors with a 4xx status are answers, because the app rejected the request.
    if (status >= 500) onError(error);
    answer(outgoing, status, error instanceof Error ? error.message : 'Internal Server Error');
  });
}

interface Ways {
  byFetch(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer): Promise<void>;
  failed(outgoing: ServerResponse, error: unknown): void;
  onMisfit(error: UnusableApp): void;
}

/**
 * A function with two parameters is a listener, or a fetch handler with a context: `(request, env)`. It is first
 * called as a listener. If it returns a Response, or fails because it expected a Request, all later calls use the
 * fetch style.
 */
function createEither(
  handle: (...parts: readonly unknown[]) => unknown,
  { byFetch, failed, onMisfit }: Ways,
): ExchangeHandler {
  let isFetch: boolean | null = null;
  const trial = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = recordBody(incoming);
    outgoing.once('finish', () => {
      isFetch ??= false;
    });
    let result: unknown;
    try {
      result = await handle(incoming, outgoing);
    } catch (error) {
      if (outgoing.headersSent || !expectsRequest(error)) throw error;
      isFetch = true;
      return byFetch(incoming, outgoing, await body());
    }
    if (isResponse(result)) {
      isFetch = true;
      return sendFetchResponse(result, outgoing);
    }
    if (outgoing.headersSent || !isAnswerOfAnotherKind(result)) return;
    const error = returned(result, 'for (request, response)');
    onMisfit(error);
    answer(outgoing, 500, error.message);
  };
  return (incoming, outgoing) => {
    if (isFetch === false) {
      handle(incoming, outgoing);
    } else if (isFetch === true) {
      readAll(incoming)
        .then((body) => byFetch(incoming, outgoing, body))
        .catch((error) => failed(outgoing, error));
    } else {
      trial(incoming, outgoing).catch((error) => {
        answer(outgoing, 500, 'Internal Server Error');
        // Thrown outside the promise so that it stays uncaught, as under node:http.
        queueMicrotask(() => {
          throw error;
        });
      });
    }
  };
}

/** Returns whether a handler failed because it was not passed a Request: `request.json is not a function`. */
function expectsRequest(error: unknown): boolean {
  return error instanceof TypeError && REQUEST_METHOD_MISSING.test(error.message);
}

const REQUEST_METHOD_MISSING =
  /\b(json|text|arrayBuffer|blob|bytes|formData|clone|get|has|entries|forEach)\S* is not a function|Invalid URL/;

/** A listener's return value is ignored and it answers later, but a plain object or a string is meant as the answer. */
function isAnswerOfAnotherKind(result: unknown): boolean {
  if (typeof result === 'string') return true;
  if (typeof result !== 'object' || result === null) return false;
  const prototype: unknown = Object.getPrototypeOf(result);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Keeps a copy of what a listener reads.
 * @returns a function that reads the rest and returns the whole body
 */
function recordBody(incoming: IncomingMessage): () => Promise<Buffer> {
  const chunks: Buffer[] = [];
  const push = incoming.push.bind(incoming);
  incoming.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    if (chunk !== null) chunks.push(chunk);
    return push(chunk, encoding);
  };
  return async () => {
    if (!incoming.readableEnded && !incoming.destroyed) await readAll(incoming);
    return Buffer.concat(chunks);
  };
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function returned(result: unknown, forWhat: string): UnusableApp {
  return new UnusableApp(
    `The app returned ${describe(result)} ${forWhat} and sent no answer. ${ACCEPTED_APPS}`,
  );
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  const { status, statusCode } = error as { readonly status?: unknown; readonly statusCode?: unknown };
  const found = [status, statusCode].find((one) => typeof one === 'number' && one >= 400 && one < 600);
  return typeof found === 'number' ? found : 500;
}

function answer(outgoing: ServerResponse, status: number, text: string): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
