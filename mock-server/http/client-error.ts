import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ERRORS } from '../core/error-codes.ts';
import { closeGracefully } from './close-gracefully.ts';
import { SAFE_HEADERS } from './safe-headers.ts';

/** An error of Node's parser or timers about a request that was not valid HTTP. */
type ClientError = Error & { readonly code?: string; readonly reason?: string };

interface ConnectionRefusal {
  readonly status: number;
  readonly detail: string;
}

const SAFE_LINES = Object.entries(SAFE_HEADERS)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

/** Sockets that have been answered. The parser reports another error for each further piece. */
const refused = new WeakSet<Duplex>();

/**
 * Answers bytes that are not a valid HTTP request. Their route is unknown, so the answer is problem details and not a
 * vendor's envelope.
 */
export function answerClientError(error: ClientError, socket: Duplex): void {
  const refusal = refusalOf(error);
  if (refusal === null) {
    socket.destroy();
    return;
  }
  if (refused.has(socket)) return;
  refused.add(socket);
  refuseAfterPrevious(socket, refusal);
}

/** Answers previous requests first, because a client matches answers to requests by their order. */
function refuseAfterPrevious(socket: Duplex, refusal: ConnectionRefusal): void {
  const earlier = currentAnswer(socket);
  if (earlier === null || isBrokenOffIn(earlier)) return endSocket(socket, refusal);
  if (earlier.writableEnded || !earlier.headersSent) {
    earlier.once('finish', () => refuseAfterPrevious(socket, refusal));
    return;
  }
  // This answer has begun and may never end. Bytes sent now would be read as a part of it.
  socket.destroy();
}

/** Returns whether the invalid bytes belong to the body of this request, which has not been answered yet. */
function isBrokenOffIn({ req, headersSent }: ServerResponse): boolean {
  return !req.complete && !headersSent;
}

/** Refuses CONNECT, because the mock is not a proxy. */
export function refuseConnect(socket: Duplex): void {
  // Node has removed its own listeners from the socket.
  socket.on('error', () => socket.destroy());
  endSocket(
    socket,
    { status: 405, detail: 'CONNECT is not supported, because the mock is not a proxy.' },
    'Allow: GET, POST\r\n',
  );
}

function refusalOf({ code = '', reason, message }: ClientError): ConnectionRefusal | null {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, detail: 'The request did not arrive in time.' };
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, detail: 'The request line and headers together are too long.' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, detail: 'The chunk extensions are too long.' };
    default:
      // All other errors mean that the socket is broken, so no answer can be sent.
      return code.startsWith('HPE_')
        ? { status: 400, detail: `The request is not valid HTTP/1.1: ${reason ?? message}.` }
        : null;
  }
}

/**
 * Returns the answer that is being sent on the socket. Node stores it in this property and reads it there in its own
 * handler.
 */
function currentAnswer(
  socket: Duplex & { readonly _httpMessage?: ServerResponse | null },
): ServerResponse | null {
  return socket._httpMessage ?? null;
}

function endSocket(socket: Duplex, { status, detail }: ConnectionRefusal, headers = ''): void {
  const code = 'BAD_REQUEST';
  const { title } = ERRORS[code];
  const body = JSON.stringify({ type: `urn:stuntdouble:${code}`, code, status, title, detail });
  closeGracefully(
    socket,
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${headers}` +
      'Content-Type: application/problem+json; charset=utf-8\r\n' +
      SAFE_LINES +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
