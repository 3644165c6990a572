import { createRequire } from 'node:module';
import { type LookupFunction, connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { buildConnector, Client, Dispatcher } from 'undici';
import { type InterimAnswers, skipInterimAnswers } from './interim-answers.ts';

/** A way to one origin that carries one POST at a time. */
export interface Connection {
  request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** Leaves it for the next POST to the same origin, when it still stands. */
  keep(): void;
  /** Ends it and what it carries, also while it is only being made. */
  cut(): Promise<void>;
}

/** The connections to all origins. One that is not in use is used again, or closed after a moment. */
export interface Connections {
  take(origin: string): Promise<Connection>;
  /** Cuts every one of them. */
  close(): Promise<void>;
}

/** How receivers are reached. */
export interface Way {
  readonly lookup: LookupFunction;
  /** The certificate authority of the receivers, instead of the well-known ones. */
  readonly ca: string | undefined;
}

/** Shorter than any server keeps an idle connection, so that no POST meets a socket that is just being closed. */
const IDLE_SOCKET_MS = 1000;
/** A receiver that closes connections without a word mostly does so right after its answer. */
const REST_MS = 10;
/** Receivers that are known to do so; more than this, and they have to be found out again. */
const SILENT_KNOWN = 1000;

let library: typeof import('undici') | undefined;

/**
 * A failed load is not kept, so the next callback tries again; Node would keep that of an import() forever. By its file,
 * because Bun answers the bare name with a replacement of its own, whose Client does nothing.
 */
export async function loadHttpClient(): Promise<typeof import('undici')> {
  library ??= createRequire(import.meta.url)('undici/index.js') as typeof import('undici');
  return library;
}

interface Resting {
  readonly connection: Connection;
  readonly since: number;
}

export function createConnections(way: Way): Connections {
  const all = new Set<Connection>();
  const resting = new Map<string, Resting[]>();
  const silentClosers = new Set<string>();

  function forget(origin: string, connection: Connection): void {
    all.delete(connection);
    const others = resting.get(origin)?.filter((other) => other.connection !== connection) ?? [];
    if (others.length > 0) resting.set(origin, others);
    else resting.delete(origin);
  }

  function rest(origin: string, connection: Connection): void {
    const entry = { connection, since: performance.now() };
    const others = resting.get(origin);
    if (others === undefined) resting.set(origin, [entry]);
    else others.push(entry);
  }

  /** The one that has rested longest, if that is long enough. */
  function takeRested(origin: string): Connection | undefined {
    const line = resting.get(origin);
    const first = line?.[0];
    if (line === undefined || first === undefined || performance.now() - first.since < REST_MS)
      return undefined;
    line.shift();
    if (line.length === 0) resting.delete(origin);
    return first.connection;
  }

  function distrust(origin: string): void {
    if (silentClosers.size >= SILENT_KNOWN) silentClosers.clear();
    silentClosers.add(origin);
  }

  function open(ClientOf: typeof Client, origin: string): Connection {
    let socket: Socket | undefined;
    let interim: InterimAnswers | undefined;
    let stands = false;
    let rests = false;
    const client = new ClientOf(origin, {
      keepAliveTimeout: IDLE_SOCKET_MS,
      keepAliveMaxTimeout: IDLE_SOCKET_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect(target, done) {
        socket = dial(target, done, way);
        interim = skipInterimAnswers(socket);
        interim.expect();
      },
    });
    const connection: Connection = {
      request(request) {
        rests = false;
        interim?.expect();
        return client.request(request);
      },
      keep() {
        if (!stands || silentClosers.has(origin)) return void connection.cut();
        rests = true;
        rest(origin, connection);
      },
      async cut() {
        rests = false;
        forget(origin, connection);
        // The client alone would leave a socket that is still being connected to the network's patience.
        const gone = destroySocket(socket);
        await client.destroy();
        await gone;
      },
    };
    client.on('connect', () => {
      stands = true;
    });
    client.on('disconnect', (_origin, _targets, error) => {
      stands = false;
      if (!rests) return;
      // Unless it is the client that has closed it, after its time.
      if (error.code !== 'UND_ERR_INFO') distrust(origin);
      void connection.cut();
    });
    all.add(connection);
    return connection;
  }

  return {
    async take(origin) {
      // The first callback pays for loading the client, not the start.
      const { Client } = await loadHttpClient();
      return takeRested(origin) ?? open(Client, origin);
    },
    async close() {
      await Promise.all([...all].map((connection) => connection.cut()));
    },
  };
}

function dial(
  { protocol, hostname, port, servername }: buildConnector.Options,
  done: buildConnector.Callback,
  { lookup, ca }: Way,
): Socket {
  const secure = protocol === 'https:';
  const target = { host: hostname, port: Number(port || (secure ? 443 : 80)), lookup, noDelay: true };
  const socket = secure
    ? tlsConnect({ ...target, ...(servername ? { servername } : {}), ca })
    : netConnect(target);
  let waiting: buildConnector.Callback | null = done;
  const settle = (...outcome: Parameters<buildConnector.Callback>): void => {
    const tell = waiting;
    waiting = null;
    tell?.(...outcome);
  };
  socket.once(secure ? 'secureConnect' : 'connect', () => settle(null, socket));
  // Stays for good: a socket that breaks while nobody listens would end the process.
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
