import { lookup } from 'node:dns';
import { createServer, type LookupFunction, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Connection, type ConnectionPool, loadHttpClient, openConnection } from './connection.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

/** A receiver that acknowledges every request, and a connection to it whose pool only takes notes. */
async function create({ mayKeep = true } = {}) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const notes: string[] = [];
  const pool: ConnectionPool = {
    mayKeep: () => mayKeep,
    release: () => void notes.push('released'),
    forget: () => void notes.push('forgotten'),
    onClosedWhileIdle: () => void notes.push('closed while idle'),
  };
  const options = { lookup: lookup as LookupFunction, ca: undefined };
  const connection = openConnection(`http://127.0.0.1:${address.port}`, options, pool);
  open.push({ close: () => connection.cut() });
  return { connection, notes, sockets };
}

function post(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.dispatch(
      { path: '/', method: 'POST', body: '{}' },
      {
        onRequestStart: () => undefined,
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

describe('a connection', () => {
  it('is released to its pool when it is kept', async () => {
    const { connection, notes, sockets } = await create();
    await post(connection);
    connection.keep();
    expect(notes).toEqual(['released']);
    await post(connection);
    expect(sockets).toHaveLength(1);
  });

  it('is cut instead of kept when its pool does not want it, or when it is not connected', async () => {
    const unwanted = await create({ mayKeep: false });
    await post(unwanted.connection);
    unwanted.connection.keep();
    const unconnected = await create();
    unconnected.connection.keep();
    expect([unwanted.notes, unconnected.notes]).toEqual([['forgotten'], ['forgotten']]);
    await expect.poll(() => unwanted.sockets[0]?.closed).toBe(true);
  });

  it('tells its pool when the receiver closes it while it is idle', async () => {
    const { connection, notes, sockets } = await create();
    await post(connection);
    connection.keep();
    sockets[0]?.end();
    await expect.poll(() => notes).toEqual(['released', 'closed while idle', 'forgotten']);
  });

  it('does not tell its pool when the receiver closes it while it is in use', async () => {
    const { connection, notes, sockets } = await create();
    await post(connection);
    sockets[0]?.end();
    await expect.poll(() => sockets[0]?.closed).toBe(true);
    expect(notes).toEqual([]);
  });
});

it('loads the HTTP client once', () => {
  expect(loadHttpClient()).toBe(loadHttpClient());
});
