import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../fixtures/clients/runway-calls.ts';
import { mockAndReceiver } from '../fixtures/mock-and-receiver.ts';
import { createMockServer, type MockServer, type MockServerOptions } from './index.ts';

const { receiver, closeLater, closeAll } = mockAndReceiver();
afterEach(closeAll);

async function startAt(host: string, options: MockServerOptions = {}): Promise<MockServer> {
  const mock = await createMockServer({ clock: 'virtual', seed: 7, retries: 0, ...options }).listen({ host });
  closeLater(mock);
  return mock;
}

/** Submits a task with a callback URL, ends it and returns its first attempt. */
async function attemptOf(mock: MockServer, callBackUrl: string) {
  const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl }, { authorization: 'Bearer k' });
  await mock.clock.advance('10m');
  return mock.tasks.get(taskId)?.deliveries[0]?.attempts[0];
}

describe('a mock that other machines can reach', () => {
  it.each(['0.0.0.0', '::'])('does not send callbacks to its own machine: --host %s', async (host) => {
    const mock = await startAt(host);
    const { url, posts } = await receiver();
    const attempt = await attemptOf(mock, url);
    expect(attempt).toMatchObject({
      outcome: 'blocked',
      detail: expect.stringMatching(/^own-host: .*--api-key/),
    });
    expect(await attemptOf(mock, url.replace('127.0.0.1', 'localhost'))).toMatchObject({
      outcome: 'blocked',
    });
    expect(posts).toHaveLength(0);
    expect(mock.blocksOwnHost).toBe(true);
  });

  it('sends them if it accepts known keys only', async () => {
    const mock = await startAt('0.0.0.0', { apiKeys: ['k'] });
    const { url, posts } = await receiver();
    expect(await attemptOf(mock, url)).toMatchObject({ outcome: 'acknowledged' });
    expect(posts).toHaveLength(1);
    expect(mock.blocksOwnHost).toBe(false);
  });

  it('sends them to allowed hosts', async () => {
    const { url, posts } = await receiver();
    const mock = await startAt('0.0.0.0', { allowCallback: [new URL(url).host] });
    expect(await attemptOf(mock, url)).toMatchObject({ outcome: 'acknowledged' });
    expect(posts).toHaveLength(1);
  });

  it('sends them to its own sink', async () => {
    const mock = await startAt('0.0.0.0');
    expect(await attemptOf(mock, `${mock.url}/__sink`)).toMatchObject({ outcome: 'acknowledged' });
  });

  it('requires the token for admin calls, regardless of the name in --host', async () => {
    const mock = await startAt('::ffff:0.0.0.0');
    expect(mock.adminToken).not.toBeNull();
    expect((await fetch(`${mock.url.replace('[::ffff:0.0.0.0]', '127.0.0.1')}/__admin/health`)).status).toBe(
      401,
    );
  });
});

describe('a mock on loopback', () => {
  it.each(['127.0.0.1', '127.1', 'localhost', '::1'])(
    'sends callbacks to its own machine: --host %s',
    async (host) => {
      const mock = await startAt(host);
      const { url } = await receiver();
      expect(await attemptOf(mock, url)).toMatchObject({ outcome: 'acknowledged' });
      expect(mock.adminToken).toBeNull();
      expect(mock.blocksOwnHost).toBe(false);
    },
  );
});

describe('a mock inside another app', () => {
  it('sends callbacks to its own machine until a request shows that others can reach the app', async () => {
    const mock = createMockServer({ clock: 'virtual', retries: 0 });
    closeLater(mock);
    let localAddress: string | undefined;
    const app = createServer((request, response) => {
      if (localAddress !== undefined)
        Object.defineProperty(request.socket, 'localAddress', { value: localAddress });
      mock.handler(request, response);
    });
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
    closeLater({ close: () => app.close().closeAllConnections() });
    const origin = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
    const { url } = await receiver();
    await runwayCalls(origin).generate({ callBackUrl: url });
    await mock.clock.advance('10m');
    expect(mock.blocksOwnHost).toBe(false);
    localAddress = '10.1.2.3';
    const { taskId } = await runwayCalls(origin).generate({ callBackUrl: url, prompt: 'Another' });
    await mock.clock.advance('10m');
    expect(mock.blocksOwnHost).toBe(true);
    expect(mock.tasks.get(taskId)?.deliveries[0]?.attempts[0]).toMatchObject({ outcome: 'blocked' });
  });
});
