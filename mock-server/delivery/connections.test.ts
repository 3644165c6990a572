import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Connection } from './connection.ts';
import { createConnections } from './connections.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const thing of open.splice(0).reverse()) await thing.close();
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** A receiver that answers each request with these bytes, and collects its sockets. */
async function receiver(answer = OK) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { origin: `http://127.0.0.1:${address.port}`, sockets };
}

function pool() {
  const made = createConnections({ lookup: lookup as LookupFunction, ca: undefined });
  open.push(made);
  return made;
}

/** Posts and resolves with the status when the answer is complete. */
function post(connection: Connection): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0;
    connection.dispatch(
      { path: '/', method: 'POST', body: '{}' },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, started) => {
          status = started;
        },
        onResponseEnd: () => resolve(status),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

/** Lets connections be idle for long enough: the pool measures that with this clock. */
function passTime(): void {
  vi.spyOn(performance, 'now').mockReturnValue(1e12);
}

describe('a pool of connections', () => {
  it('uses a kept connection for the next POST to the same origin', async () => {
    const { origin, sockets } = await receiver();
    const connections = pool();
    const first = connections.take(origin);
    expect(await post(first)).toBe(200);
    first.keep();
    passTime();
    const second = connections.take(origin);
    expect(second).toBe(first);
    expect(await post(second)).toBe(200);
    expect(sockets).toHaveLength(1);
  });

  it('does not use a connection that has only just become idle, or that is in use', async () => {
    const { origin } = await receiver();
    const connections = pool();
    const first = connections.take(origin);
    await post(first);
    vi.spyOn(performance, 'now').mockReturnValue(5);
    first.keep();
    expect(connections.take(origin)).not.toBe(first);
    vi.spyOn(performance, 'now').mockReturnValue(1000);
    expect(connections.take(origin)).toBe(first);
    expect(connections.take(origin)).not.toBe(first);
  });

  it('does not share connections between origins', async () => {
    const [one, other] = [await receiver(), await receiver()];
    const connections = pool();
    const first = connections.take(one.origin);
    await post(first);
    first.keep();
    passTime();
    expect(connections.take(other.origin)).not.toBe(first);
  });

  it('does not keep connections to a receiver that closed an idle one silently', async () => {
    const { origin, sockets } = await receiver();
    const connections = pool();
    const first = connections.take(origin);
    await post(first);
    first.keep();
    sockets[0]?.end();
    // The pool cuts it when it notices.
    await expect.poll(() => sockets[0]?.closed).toBe(true);
    const second = connections.take(origin);
    await post(second);
    second.keep();
    passTime();
    expect(connections.take(origin)).not.toBe(second);
  });

  it('closes a connection that is cut, and all of them at the end', async () => {
    const { origin, sockets } = await receiver();
    const connections = pool();
    const [first, second] = [connections.take(origin), connections.take(origin)];
    await Promise.all([post(first), post(second)]);
    await first.cut();
    await expect.poll(() => sockets.filter(({ closed }) => closed).length).toBe(1);
    await connections.close();
    await expect.poll(() => sockets.filter(({ closed }) => closed).length).toBe(2);
  });

  it('fails the request of a connection that is cut before it is connected', async () => {
    const connections = createConnections({ lookup: () => undefined, ca: undefined });
    open.push(connections);
    const connection = connections.take('http://never.test');
    const failed = post(connection).catch((error: Error) => error);
    await connection.cut();
    expect(await failed).toBeInstanceOf(Error);
  });
});
