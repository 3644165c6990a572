import {
  createServer,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { answerClientError, refuseConnect } from './client-error.ts';
import { hasSeveralHosts, SEVERAL_HOSTS } from './host-header.ts';
import { lingerAtTheEnd } from './linger.ts';
import { sendProblem } from './problem.ts';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What a connection may take before it is cut. */
export interface ConnectionLimits {
  /** To send the request line and all headers, and for the first byte of a new connection. */
  readonly headersTimeout: number;
  /** To send a whole request. */
  readonly requestTimeout: number;
  /** To stay idle between two requests. */
  readonly keepAliveTimeout: number;
  /** How often the first two are looked after. */
  readonly connectionsCheckingInterval: number;
  /** Bytes of the request line and the headers. */
  readonly maxHeaderSize: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  // Headers leave a client in one piece; who still sends them after this long never will end.
  headersTimeout: 20_000,
  // A body of 1 MiB at 20 kB/s, and a client that is held in a debugger for a moment.
  requestTimeout: 60_000,
  // Clients poll every few seconds, some every half minute. Node's own 5 s close the connection under their hands:
  // a poll that meets the closing fails with ECONNRESET, and no vendor's load balancer does that.
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5000,
  // Node's own default, held fast: it can be changed from outside by --max-http-header-size.
  maxHeaderSize: 16 * 1024,
};

/** After this long without a word, the system asks whether a peer is still there: one that lost power says no goodbye. */
const PEER_CHECK_MS = 30_000;

const sockets = new WeakMap<Server, Set<Socket>>();

/** Cuts every connection, also those that Node does not count yet because their TLS handshake is under way. */
export function cutConnections(server: Server): void {
  for (const socket of sockets.get(server) ?? []) socket.destroy();
}

/** A server that no sender can occupy for long, whatever it sends and however slowly. */
export function createNodeServer(
  listener: RequestListener,
  certificate?: Certificate,
  limits: Partial<ConnectionLimits> = {},
): Server {
  const options: ServerOptions = {
    ...CONNECTION_LIMITS,
    ...limits,
    keepAlive: true,
    keepAliveInitialDelay: PEER_CHECK_MS,
  };
  const strict: RequestListener = (request, response) => {
    if (hasSeveralHosts(request)) return refuse(response);
    listener(request, response);
  };
  const server =
    certificate === undefined ? createServer(options, strict) : withTls(options, certificate, strict);
  server.on(certificate === undefined ? 'connection' : 'secureConnection', lingerAtTheEnd);
  const open = new Set<Socket>();
  sockets.set(server, open);
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('clientError', answerClientError);
  server.on('connect', (_request, socket) => refuseConnect(socket));
  return server;
}

function refuse(response: ServerResponse): void {
  response.setHeader('connection', 'close');
  sendProblem(response, SEVERAL_HOSTS);
}

function withTls(options: ServerOptions, certificate: Certificate, listener: RequestListener): Server {
  const handshakeTimeout = options.headersTimeout ?? CONNECTION_LIMITS.headersTimeout;
  return createTlsServer({ ...options, ...certificate, handshakeTimeout }, listener);
}
