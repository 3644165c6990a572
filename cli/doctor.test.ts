import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createCertificate, createMockServer } from '../mock-server/index.ts';
import { checkReceiver } from './doctor.ts';
import { runInProcess } from './testing/run-in-process.ts';

const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-doctor-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listening(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const plain = (): Promise<number> => listening(createHttpServer((_request, response) => response.end()));

interface Line {
  readonly check: string;
  readonly status: string;
  readonly text: string;
  readonly remedy: string | null;
}

async function doctor(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; lines: Readonly<Record<string, Line>> }> {
  const { code, out } = await runInProcess(['doctor', '--json', ...args], env);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return { code, lines: Object.fromEntries(lines.map((line) => [line.check, line])) };
}

describe('stuntdouble doctor', () => {
  it('finds nothing wrong on a machine where nothing is', async () => {
    const { code, out } = await runInProcess([
      'doctor',
      '--port',
      '0',
      '--to',
      `http://127.0.0.1:${await plain()}`,
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/✓ node +version 2\d\./);
    expect(out).toContain('accepts connections from here');
    expect(out).not.toMatch(/[✗!]/);
  });

  it('tells whether a port is used by a mock or by another program', async () => {
    const mock = await createMockServer({ clock: 'virtual' }).listen();
    try {
      const own = await doctor(['--port', new URL(mock.url).port]);
      expect(own.lines.port).toMatchObject({
        status: 'ok',
        text: expect.stringContaining('a mock of version'),
      });
    } finally {
      await mock.close();
    }
    const port = await plain();
    const other = await doctor(['--port', String(port)]);
    expect(other.code).toBe(1);
    expect(other.lines.port).toMatchObject({
      status: 'failed',
      text: `${port} cannot be used: another program listens there`,
      remedy: expect.stringContaining('--port 0'),
    });
  });

  it.each([
    [{}, 'ok'],
    [{ HTTP_PROXY: 'http://proxy.example:3128' }, 'note'],
    [{ https_proxy: 'http://proxy.example:3128', NO_PROXY: 'example.com, 127.0.0.1' }, 'ok'],
    [{ ALL_PROXY: 'socks5://proxy.example', NO_PROXY: 'example.com' }, 'note'],
  ])('with the variables %j, the check of the proxy is %s', async (env, status) => {
    const { code, lines } = await doctor(['--port', '0'], env as Record<string, string>);
    expect([code, lines.proxy?.status]).toEqual([0, status]);
  });

  it('reports a file of certificates that Node would ignore', async () => {
    const noPem = join(dir, 'no.pem');
    writeFileSync(noPem, 'hello');
    for (const file of [noPem, join(dir, 'missing.pem')]) {
      const { code, lines } = await doctor(['--port', '0'], { NODE_EXTRA_CA_CERTS: file });
      expect([code, lines.tls?.status]).toEqual([1, 'failed']);
      expect(lines.tls?.text).toContain(file);
    }
  });
});

describe('the check of a receiver', () => {
  it('names what prevents a callback', async () => {
    const closed = await plain();
    await new Promise((resolve) => open.splice(0)[0]?.close(resolve));
    const cases: readonly (readonly [url: string, text: RegExp, remedy: RegExp])[] = [
      [`http://127.0.0.1:${closed}/callback`, /ECONNREFUSED/, /Start the receiver/],
      ['http://93.184.216.34/callback', /callbacks are not sent/, /--allow-callback/],
      ['ftp://127.0.0.1/', /callbacks are not sent/, /http/],
    ];
    for (const [url, text, remedy] of cases) {
      const { status, text: found, remedy: advice } = await checkReceiver(url, []);
      expect([status, found, advice]).toEqual([
        'failed',
        expect.stringMatching(text),
        expect.stringMatching(remedy),
      ]);
    }
  });

  it('checks the certificate of an https receiver', async () => {
    const { cert, key } = await createCertificate(join(dir, 'tls'));
    const port = await listening(createHttpsServer({ cert, key }, (_request, response) => response.end()));
    const { status, remedy } = await checkReceiver(`https://127.0.0.1:${port}/`, []);
    expect([status, remedy]).toEqual(['failed', expect.stringContaining('NODE_EXTRA_CA_CERTS')]);
    const wrong = await checkReceiver(`https://127.0.0.1:${await plain()}/`, []);
    expect(wrong).toMatchObject({ status: 'failed', remedy: expect.stringContaining('http://') });
  });
});
