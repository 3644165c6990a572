import { createRequire } from 'node:module';
import { type LookupFunction, connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { buildConnector, Client, Dispatcher } from 'undici';
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

/** A pool of connections to all origins. Idle connections are reused, or closed after a short time. */
export interface Connections {
  /** @throws when the HTTP client cannot be loaded */
  take(origin: string): Connection;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** How to connect to receivers. */
export interface ConnectOptions {
  readonly lookup: LookupFunction;
  /** The receivers' certificate authority, replacing the well-known ones. */
  readonly ca: string | undefined;
}

/**
 * Shorter than the keep-alive timeout of common servers, so that no POST is written to a socket that is about to
 * close.
 */
const IDLE_SOCKET_MS = 1000;
/** A receiver that closes connections without a Connection: close header usually does so right after its response. */
const MIN_IDLE_MS = 10;
/** Origins remembered for closing silently. Beyond this number the set is cleared and they are detected again. */
const SILENT_CLOSERS_LIMIT = 1000;

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

interface IdleConnection {
  readonly connection: Connection;
  readonly since: number;
}

export function createConnections(options: ConnectOptions): Connections {
  const all = new Set<Connection>();
  const idle = new Map<string, IdleConnection[]>();
  const silentClosers = new Set<string>();

  function forget(origin: string, connection: Connection): void {
    all.delete(connection);
    const others = idle.get(origin)?.filter((other) => other.connection !== connection) ?? [];
    if (others.length > 0) idle.set(origin, others);
    else idle.delete(origin);
  }

  function release(origin: string, connection: Connection): void {
    const entry = { connection, since: performance.now() };
    const others = idle.get(origin);
    if (others === undefined) idle.set(origin, [entry]);
    else others.push(entry);
  }

  /** Returns the connection that has been idle longest, if it has been idle long enough. */
  function takeIdle(origin: string): Connection | undefined {
    const queue = idle.get(origin);
    const first = queue?.[0];
    if (queue === undefined || first === undefined || performance.now() - first.since < MIN_IDLE_MS)
      return undefined;
    queue.shift();
    if (queue.length === 0) idle.delete(origin);
    return first.connection;
  }

  function distrust(origin: string): void {
    if (silentClosers.size >= SILENT_CLOSERS_LIMIT) silentClosers.clear();
    silentClosers.add(origin);
  }

  function open(ClientOf: typeof Client, origin: string): Connection {
    let socket: Socket | undefined;
    let interim: InterimAnswers | undefined;
    let isConnected = false;
    let isIdle = false;
    const client = new ClientOf(origin, {
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
        if (!isConnected || silentClosers.has(origin)) return void connection.cut();
        isIdle = true;
        release(origin, connection);
      },
      async cut() {
        isIdle = false;
        forget(origin, connection);
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
      if (error.code !== 'UND_ERR_INFO') distrust(origin);
      void connection.cut();
    });
    all.add(connection);
    return connection;
  }

  return {
    // The client is loaded with the first callback, to keep startup fast.
    take: (origin) => takeIdle(origin) ?? open(loadHttpClient().Client, origin),
    async close() {
      await Promise.all([...all].map((connection) => connection.cut()));
    },
  };
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
