import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createListener, type Listener } from './listen.ts';
import { createReachability } from './reachability.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

function open(): Listener {
  const listener = createListener(
    (_request, response) => response.end('hello'),
    createReachability(null, false),
  );
  opened.push(async () => {
    const stopped = listener.stop();
    listener.cut();
    await stopped;
  });
  return listener;
}

describe('a listener', () => {
  it('has its URL and address once it listens', async () => {
    const listener = open();
    expect(listener.isUsed).toBe(false);
    expect(() => listener.url).toThrow('the mock is not listening');
    expect(() => listener.address).toThrow('the mock is not listening');
    await listener.listen({});
    expect(listener.isUsed).toBe(true);
    expect(listener.address).toBe('127.0.0.1');
    expect(await (await fetch(listener.url)).text()).toBe('hello');
  });

  it('names loopback in the URL when it listens on all interfaces', async () => {
    const listener = open();
    await listener.listen({ host: '0.0.0.0' });
    expect(listener.address).toBe('0.0.0.0');
    expect(new URL(listener.url).hostname).toBe('127.0.0.1');
  });

  it('accepts no connections after it has stopped', async () => {
    const listener = open();
    await listener.listen({});
    const { url } = listener;
    await listener.stop();
    await expect(fetch(url)).rejects.toThrow();
  });

  it('cuts connections that are still open', async () => {
    const listener = open();
    await listener.listen({});
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket.resume(), 'close');
    const stopped = listener.stop();
    listener.cut();
    await Promise.all([closed, stopped]);
    expect(socket.destroyed).toBe(true);
  });

  it('reports a port that is in use', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    opened.push(() => other.close());
    const { port } = other.address() as AddressInfo;
    const listener = open();
    await expect(listener.listen({ port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `port ${port} on 127.0.0.1 is in use`,
    });
    // A failure to listen does not prevent closing.
    await listener.settled();
    expect(() => listener.url).toThrow('the mock is not listening');
  });

  it.each([
    [{ port: 70_000 }, 'port must be a whole number from 0 to 65535, got 70000'],
    [{ port: 0.5 }, 'port must be a whole number from 0 to 65535, got 0.5'],
    [{ host: '' }, 'host must be a non-empty string, got ""'],
    [{ host: '192.0.2.1' }, 'cannot listen on 192.0.2.1:0'],
    [{ tls: { cert: 'none', key: 'none' } }, 'the certificate or its private key is not usable'],
  ])('rejects %j', async (options, message) => {
    await expect(open().listen(options)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(message),
    });
  });
});
