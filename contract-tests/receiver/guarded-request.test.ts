import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { brokenRequest } from './broken-request.ts';
import { guardedRequests } from './guarded-request.ts';
import { plainRequest } from './plain-request.ts';
import { createProbe } from './probe.ts';
import { sendTogether } from './send-together.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function listening(location?: string): Promise<{ url: string; hits: () => number }> {
  let hits = 0;
  const server = createServer((_request, response) => {
    hits += 1;
    if (location === undefined) response.end('{"effects":1}');
    else response.writeHead(302, { location }).end();
  });
  open.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, hits: () => hits };
}

const FORBIDDEN = [
  'http://169.254.169.254/latest/meta-data/',
  'http://[fd00:ec2::254]/',
  'http://metadata.google.internal/',
  'http://0.0.0.0:9/',
  'http://8.8.8.8/',
];
const MESSAGE = { taskId: 't', text: '{}', headers: {} };

describe('requests of the judge', () => {
  it.each(FORBIDDEN)('never go to %s with any of the senders', async (url) => {
    const request = guardedRequests([]);
    const plain = { method: 'GET', headers: {}, body: undefined, timeoutMs: 2000 };
    expect((await plainRequest(request, url, plain)).detail).toMatch(/never sent to|public address/);
    const { attempts } = await sendTogether(request, url, MESSAGE, {
      copies: 2,
      timeoutMs: 2000,
      isAck: () => true,
    });
    for (const { detail } of attempts) expect(detail).toMatch(/never sent to|public address/);
    await brokenRequest(request, url, MESSAGE, { after: 'answer', timeoutMs: 2000 });
  });

  it.each(FORBIDDEN.filter((url) => url !== 'http://8.8.8.8/'))(
    'never go to %s, even as a probe from the options',
    async (url) => {
      expect(await createProbe(url)('t')).toMatchObject({
        type: 'broken',
        because: expect.stringMatching(/never sent to/),
      });
    },
  );

  it('reach loopback', async () => {
    const { url, hits } = await listening();
    const request = guardedRequests([]);
    const plain = { method: 'GET', headers: {}, body: undefined, timeoutMs: 5000 };
    expect(await plainRequest(request, url, plain)).toMatchObject({ outcome: 'acknowledged' });
    expect(await plainRequest(request, url.replace('127.0.0.1', 'app.localhost'), plain)).toMatchObject({
      outcome: 'acknowledged',
    });
    expect(hits()).toBe(2);
  });
});

describe('a probe', () => {
  it('follows redirects', async () => {
    const { url } = await listening();
    const { url: first } = await listening(url);
    expect(await createProbe(first)('t')).toEqual({ type: 'answered', answer: { effects: 1 } });
  });

  it.each(FORBIDDEN)('does not follow a redirect to %s', async (url) => {
    const { url: first } = await listening(url);
    expect(await createProbe(first)('t')).toMatchObject({
      type: 'broken',
      because: expect.stringMatching(/never sent to|public address/),
    });
  });

  it('stops after five redirects', async () => {
    const { url, hits } = await listening('/');
    expect(await createProbe(url)('t')).toMatchObject({ type: 'broken', because: 'it answered HTTP 302: ' });
    expect(hits()).toBe(6);
  });
});
