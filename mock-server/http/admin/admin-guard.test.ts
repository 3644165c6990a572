import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createAdminGuard } from './admin-guard.ts';
import { ask, getJournal, getTask, problem, start, submit } from './testing/admin-client.ts';
import { keysOf, METHODS, ROOT, walk } from './testing/admin-conformance.ts';
import { missedBy } from './testing/documented-names.ts';

/** Probes of load balancers, which need no token, tell nothing else. */
const OPEN = JSON.stringify([{}]);

function isGuarded(path: string, method: string): boolean {
  const call = walk(ROOT, 'paths', path, method);
  return call !== undefined && JSON.stringify(call.node.security) !== OPEN;
}

describe('the admin guard', () => {
  const CALLS = keysOf(walk(ROOT, 'paths')).flatMap((path) =>
    METHODS.filter((method) => isGuarded(path, method)).map(
      (method) => [method.toUpperCase(), path.replace('{taskId}', 'any')] as const,
    ),
  );
  const REJECTED_HEADERS = [
    ['HOST_REFUSED', { host: 'rebound.example' }],
    ['HOST_REFUSED', { host: '127.0.0.1.rebound.example:80' }],
    ['ORIGIN_REFUSED', { origin: 'https://other.example' }],
    ['ORIGIN_REFUSED', { origin: 'http://127.0.0.1:1' }],
    ['ORIGIN_REFUSED', { origin: 'null' }],
    ['PROXY_REFUSED', { 'x-forwarded-for': '203.0.113.7' }],
    ['PROXY_REFUSED', { via: '1.1 proxy' }],
    ['ORIGIN_REFUSED', { 'sec-fetch-site': 'cross-site' }],
  ] as const;

  it.each(CALLS)('rejects calls from other sites: %s %s', async (method, path) => {
    await start();
    for (const [code, headers] of REJECTED_HEADERS) {
      expect((await ask(method, path, { headers })).json).toEqual(problem(code, 403));
    }
  });

  it.each(CALLS)('rejects a missing or wrong token: %s %s', async (method, path) => {
    await start({ adminToken: 'a token' });
    for (const authorization of ['', 'Bearer another', 'Bearer ', 'Basic a token']) {
      const { json, headers } = await ask(method, path, { headers: { authorization } });
      expect(json).toEqual(problem('TOKEN_NEEDED', 401));
      expect(headers['www-authenticate']).toBe('Bearer');
    }
    expect((await ask(method, `${path}?token=another`)).status).toBe(401);
  });

  it.each(['/health/live', '/health/ready'])('lets everybody ask for %s', async (path) => {
    await start({ adminToken: 'a token' });
    expect((await ask('GET', path, { headers: { host: '10.0.0.7:4010' } })).status).toBe(200);
    expect((await ask('POST', path)).status).toBe(405);
  });

  it('keeps rejected calls from changing state', async () => {
    await start();
    const id = await submit();
    await ask('POST', '/reset', { headers: { origin: 'https://other.example' } });
    await ask('DELETE', '/journal', { headers: { host: 'rebound.example' } });
    expect((await getTask(id)).id).toBe(id);
    expect(await getJournal()).not.toEqual([]);
  });

  it('rejects callers beyond loopback without a token, regardless of the Host header', () => {
    const refusal = (localAddress: string, token: string | null) =>
      createAdminGuard({ token })({
        headers: { host: 'localhost' },
        rawHeaders: ['Host', 'localhost'],
        url: '/health',
        socket: { localAddress },
      } as IncomingMessage)?.code;
    expect(refusal('192.168.1.20', null)).toBe('TOKEN_NEEDED');
    expect(refusal('fd00::5', null)).toBe('TOKEN_NEEDED');
    expect(refusal('192.168.1.20', '')).toBe('TOKEN_NEEDED');
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map((address) => refusal(address, null))).toEqual(
      Array(3).fill(undefined),
    );
  });
});

describe('an allowed admin call', () => {
  it.each(['localhost', 'LOCALHOST:4010', '127.0.0.1', '127.0.0.2:4010', '[::1]:4010'])(
    'may address loopback as %s',
    async (host) => {
      await start();
      expect((await ask('GET', '/health', { headers: { host } })).status).toBe(200);
    },
  );

  it('may come from a page of the mock', async () => {
    const { url } = await start();
    const headers = { origin: url, 'sec-fetch-site': 'same-origin' };
    expect((await ask('GET', '/health', { headers })).status).toBe(200);
  });

  it.each([
    ['in a header', '', { authorization: 'Bearer to/k+en=' }],
    ['in a header, in lower case', '', { authorization: 'bearer to/k+en=' }],
    ['in the query', `?token=${encodeURIComponent('to/k+en=')}`, {}],
  ])('may send the token %s, with any Host', async (_, query, headers: Record<string, string>) => {
    await start({ adminToken: 'to/k+en=' });
    const asking = { raw: '', headers: { ...headers, host: 'mock.lan:4010' } };
    expect((await ask('GET', `/journal${query}`, asking)).status).toBe(200);
    expect((await ask('GET', `/health${query}`, asking)).status).toBe(200);
  });
});

describe('the tests of the guard', () => {
  it('cause every status of the guard', () => {
    expect(missedBy('admin-guard')).toEqual([]);
  });
});
