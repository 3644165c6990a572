import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createCertificate } from '../mock-server/index.ts';

interface Target {
  readonly protocol: string;
  readonly port: number;
  readonly token: string | undefined;
}

const FOLDER = new URL('../integrations/image/', import.meta.url);
const { healthTarget } = (await import(new URL('health-target.mjs', FOLDER).href)) as {
  healthTarget: (commandLine: readonly string[], env: Readonly<Record<string, string>>) => Target;
};

describe('the target of the health check', () => {
  const entry = ['node', '/app/image/entry.mjs', 'start'];
  const plain = { protocol: 'http:', port: 4010, token: undefined };

  it.each<[string, readonly string[], Readonly<Record<string, string>>, Target]>([
    ['the default', entry, {}, plain],
    [
      'variables',
      entry,
      { STUNTDOUBLE_PORT: '5000', STUNTDOUBLE_ADMIN_TOKEN: 't' },
      { ...plain, port: 5000, token: 't' },
    ],
    [
      'options, which win over variables',
      [...entry, '--port', '5001', '--admin-token=a=b'],
      { STUNTDOUBLE_PORT: '5000' },
      { ...plain, port: 5001, token: 'a=b' },
    ],
    ['a short option', [...entry, '-p', '5002'], {}, { ...plain, port: 5002 }],
    [
      'options behind an init program',
      ['/sbin/docker-init', '--', ...entry, '--port=5003'],
      {},
      { ...plain, port: 5003 },
    ],
    ['TLS by an option', [...entry, '--tls'], {}, { ...plain, protocol: 'https:' }],
    ['TLS by a variable', entry, { STUNTDOUBLE_TLS: 'true' }, { ...plain, protocol: 'https:' }],
    ['TLS that is switched off', entry, { STUNTDOUBLE_TLS: 'off' }, plain],
    ['another first process, whose options do not count', ['/sbin/init', '--port', '1'], {}, plain],
  ])('is read from %s', (_from, commandLine, env, target) => {
    expect(healthTarget(commandLine, env)).toEqual(target);
  });
});

describe('the health check', () => {
  const home = mkdtempSync(join(tmpdir(), 'stuntdouble-health-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const servers: { close: () => unknown }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** Runs the check against a server that answers with a status. @returns its exit code and the path it asked for */
  async function check(status: number, isSecure = false): Promise<{ code: number; asked: string[] }> {
    const asked: string[] = [];
    const answer: Parameters<typeof createServer>[1] = (request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.writeHead(status).end();
    };
    const server = isSecure
      ? createSecureServer(await createCertificate(home), answer)
      : createServer(answer);
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const code = await run({
      STUNTDOUBLE_PORT: String(port),
      STUNTDOUBLE_ADMIN_TOKEN: 'a-token',
      ...(isSecure ? { STUNTDOUBLE_TLS: 'true' } : {}),
    });
    return { code, asked };
  }

  async function run(env: Readonly<Record<string, string>>): Promise<number> {
    const script = new URL('health.mjs', FOLDER).pathname;
    return promisify(execFile)(process.execPath, [script], { env }).then(
      () => 0,
      ({ code }: { code: number }) => code,
    );
  }

  it.each([
    [200, false, 0],
    [200, true, 0],
    [401, false, 0],
    [503, false, 1],
  ])('of a mock that answers with %i, with TLS: %s, exits with %i', async (status, isSecure, code) => {
    expect(await check(status, isSecure)).toEqual({ code, asked: ['/__admin/health Bearer a-token'] });
  });

  it('fails when nothing listens', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await run({ STUNTDOUBLE_PORT: String(port) })).toBe(1);
  });
});
