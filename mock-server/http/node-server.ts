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
import { closeGracefullyAfterAnswers } from './close-gracefully.ts';
import { hasSeveralHosts, SEVERAL_HOSTS } from './host-header.ts';
import { sendProblem } from './problem.ts';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Limits of a connection; times are in milliseconds. A connection that exceeds one is closed. */
export interface ConnectionLimits {
  /** Time for the request line and all headers, and for the first byte of a new connection. */
  readonly headersTimeout: number;
  /** Time for a whole request. */
  readonly requestTimeout: number;
  /** Idle time between two requests. */
  readonly keepAliveTimeout: number;
  /** How often the first two limits are checked. */
  readonly connectionsCheckingInterval: number;
  /** Size of the request line and headers in bytes. */
  readonly maxHeaderSize: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  // Clients send their headers in one piece; one that is still sending them after this long will never finish.
  headersTimeout: 20_000,
  // Enough for a body of 1 MiB at 20 kB/s, and for a client that is paused in a debugger for a moment.
  requestTimeout: 60_000,
  // Clients poll every few seconds, some every half minute. Node's default of 5 s closes connections between polls: a
  // poll that is sent at that moment fails with ECONNRESET, which the load balancer of a vendor does not cause.
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5000,
  // Node's default, set explicitly because --max-http-header-size could change it.
  maxHeaderSize: 16 * 1024,
};

/** Idle time after which the system probes a peer, which detects machines that lost power. */
const PEER_CHECK_MS = 30_000;

const sockets = new WeakMap<Server, Set<Socket>>();

/** Closes every connection, including those that Node does not list because their TLS handshake is in progress. */
export function cutConnections(server: Server): void {
  for (const socket of sockets.get(server) ?? []) socket.destroy();
}

/** Creates a server that slow or endless senders cannot block. */
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
  server.on(certificate === undefined ? 'connection' : 'secureConnection', closeGracefullyAfterAnswers);
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
