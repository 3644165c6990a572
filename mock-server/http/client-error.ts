import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { endAndLinger } from './linger.ts';
import { SAFE_HEADERS } from './safe-headers.ts';

/** What Node's parser and its timers say about a request that never became one. */
type ClientError = Error & { readonly code?: string; readonly reason?: string };

interface Refusal {
  readonly status: number;
  readonly detail: string;
}

const SAFE_LINES = Object.entries(SAFE_HEADERS)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

/** Refused already: the parser complains again about each further piece. */
const refused = new WeakSet<Duplex>();

/**
 * Answers a sender whose bytes are no request. Which route they were meant for cannot be told, so they get problem
 * details and no vendor's envelope.
 */
export function answerClientError(error: ClientError, socket: Duplex): void {
  const refusal = refusalOf(error);
  if (refusal === null) {
    socket.destroy();
    return;
  }
  if (refused.has(socket)) return;
  refused.add(socket);
  refuseInTurn(socket, refusal);
}

/** Requests that came before are answered before: a client takes the answers in their order for its own. */
function refuseInTurn(socket: Duplex, refusal: Refusal): void {
  const earlier = answerUnderway(socket);
  if (earlier === null || isBrokenOffIn(earlier)) return endSocket(socket, refusal);
  if (earlier.writableEnded || !earlier.headersSent) {
    earlier.once('finish', () => refuseInTurn(socket, refusal));
    return;
  }
  // It has begun and may never end, and whatever came behind its beginning would look like a part of it.
  socket.destroy();
}

/** It is the body of this very request that is no good, and nothing has been answered to it yet. */
function isBrokenOffIn({ req, headersSent }: ServerResponse): boolean {
  return !req.complete && !headersSent;
}

/** Nobody is connected through here: a mock is no proxy. */
export function refuseConnect(socket: Duplex): void {
  // Node has taken its own listeners off.
  socket.on('error', () => socket.destroy());
  endSocket(
    socket,
    { status: 405, detail: 'CONNECT is for proxies, and this is none.' },
    'Allow: GET, POST\r\n',
  );
}

function refusalOf({ code = '', reason, message }: ClientError): Refusal | null {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, detail: 'The request did not arrive in time.' };
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, detail: 'The request line and the headers are too long together.' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, detail: 'The chunk extensions are too long.' };
    default:
      // All others are the socket's own: it is broken, and nobody would read an answer.
      return code.startsWith('HPE_')
        ? { status: 400, detail: `This is not HTTP/1.1: ${reason ?? message}.` }
        : null;
  }
}

/** Node keeps here the answer that owns the socket, and looks here itself when nobody listens for these errors. */
function answerUnderway(
  socket: Duplex & { readonly _httpMessage?: ServerResponse | null },
): ServerResponse | null {
  return socket._httpMessage ?? null;
}

function endSocket(socket: Duplex, { status, detail }: Refusal, headers = ''): void {
  const title = 'The request could not be understood.';
  const code = 'BAD_REQUEST';
  const body = JSON.stringify({ type: `urn:stuntdouble:${code}`, code, status, title, detail });
  endAndLinger(
    socket,
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${headers}` +
      'Content-Type: application/problem+json; charset=utf-8\r\n' +
      SAFE_LINES +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
