import { type Connection, type ConnectOptions, openConnection } from './connection.ts';

/** A pool of connections to all origins. Idle connections are reused, or closed after a short time. */
export interface Connections {
  /** @throws when the HTTP client cannot be loaded */
  take(origin: string): Connection;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** A receiver that closes connections without a Connection: close header usually does so right after its response. */
const MIN_IDLE_MS = 10;
/** Origins remembered for closing silently. Beyond this number the set is cleared and they are detected again. */
const SILENT_CLOSERS_LIMIT = 1000;

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

  function open(origin: string): Connection {
    const connection = openConnection(origin, options, {
      mayKeep: () => !silentClosers.has(origin),
      release: (released) => release(origin, released),
      forget: (forgotten) => forget(origin, forgotten),
      onClosedWhileIdle: () => distrust(origin),
    });
    all.add(connection);
    return connection;
  }

  return {
    take: (origin) => takeIdle(origin) ?? open(origin),
    async close() {
      await Promise.all([...all].map((connection) => connection.cut()));
    },
  };
}
