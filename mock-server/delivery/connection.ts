import { createRequire } from 'node:module';
import { type LookupFunction, connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { buildConnector, Dispatcher } from 'undici';
import { type InterimAnswers, skipInterimAnswers } from './interim-answers.ts';

/** A connection to one origin that carries one POST at a time. */
export interface Connection {
  /** Sends a request; the handler is called with its response. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /** Returns the connection to the pool for the next POST to the same origin, if it is still open. */
  keep(): void;
  /** Closes the connection and aborts its request, even while it is still connecting. */
  cut(): Promise<void>;
}

/** How to connect to receivers. */
export interface ConnectOptions {
  readonly lookup: LookupFunction;
  /** The receivers' certificate authority, replacing the well-known ones. */
  readonly ca: string | undefined;
}

/** The pool that a connection belongs to. */
export interface ConnectionPool {
  /** Whether an open connection may be used for another POST. */
  mayKeep(): boolean;
  release(connection: Connection): void;
  forget(connection: Connection): void;
  /** Called when the receiver closes an idle connection. */
  onClosedWhileIdle(): void;
}

/**
 * Shorter than the keep-alive timeout of common servers, so that no POST is written to a socket that is about to
 * close.
 */
const IDLE_SOCKET_MS = 1000;

let library: typeof import('undici') | undefined;

/**
 * Loads undici. A failed load is not cached, so the next callback tries again; Node would cache a failed import()
 * permanently. The path is explicit because Bun resolves the bare name to its own replacement, whose Client does
 * nothing.
 */
export function loadHttpClient(): typeof import('undici') {
  library ??= createRequire(import.meta.url)('undici/index.js') as typeof import('undici');
  return library;
}

/** Opens a connection, which connects with its first request. @throws when the HTTP client cannot be loaded */
export function openConnection(origin: string, options: ConnectOptions, pool: ConnectionPool): Connection {
  // The client is loaded with the first callback, to keep startup fast.
  const { Client } = loadHttpClient();
  let socket: Socket | undefined;
  let interim: InterimAnswers | undefined;
  let isConnected = false;
  let isIdle = false;
  const client = new Client(origin, {
    keepAliveTimeout: IDLE_SOCKET_MS,
    keepAliveMaxTimeout: IDLE_SOCKET_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect(target, done) {
      socket = dial(target, done, options);
      interim = skipInterimAnswers(socket);
      interim.expect();
    },
  });
  const connection: Connection = {
    dispatch(request, handler) {
      isIdle = false;
      interim?.expect();
      client.dispatch(request, handler);
    },
    keep() {
      if (!isConnected || !pool.mayKeep()) return void connection.cut();
      isIdle = true;
      pool.release(connection);
    },
    async cut() {
      isIdle = false;
      pool.forget(connection);
      // Destroying the client alone would leave a connecting socket open until the network times out.
      const closed = destroySocket(socket);
      await client.destroy();
      await closed;
    },
  };
  client.on('connect', () => {
    isConnected = true;
  });
  client.on('disconnect', (_origin, _targets, error) => {
    isConnected = false;
    if (!isIdle) return;
    // Undici reports its own idle timeout as UND_ERR_INFO; any other code means that the receiver closed the
    // connection.
    if (error.code !== 'UND_ERR_INFO') pool.onClosedWhileIdle();
    void connection.cut();
  });
  return connection;
}

function dial(
  { protocol, hostname, port, servername }: buildConnector.Options,
  done: buildConnector.Callback,
  { lookup, ca }: ConnectOptions,
): Socket {
  const secure = protocol === 'https:';
  const target = { host: hostname, port: Number(port || (secure ? 443 : 80)), lookup, noDelay: true };
  const socket = secure
    ? tlsConnect({ ...target, ...(servername ? { servername } : {}), ca })
    : netConnect(target);
  let waiting: buildConnector.Callback | null = done;
  const settle = (...outcome: Parameters<buildConnector.Callback>): void => {
    const callback = waiting;
    waiting = null;
    callback?.(...outcome);
  };
  socket.once(secure ? 'secureConnect' : 'connect', () => settle(null, socket));
  // This listener is never removed: a socket error without a listener would end the process.
  socket.on('error', (error) => settle(error, null));
  return socket;
}

function destroySocket(socket: Socket | undefined): Promise<void> {
  if (socket === undefined || socket.closed) return Promise.resolve();
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.destroy();
  });
}
