import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { openRawConnection } from '../../fixtures/clients/raw-connection.ts';
import { createMockServer, type MockServer } from '../index.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';

let mock: MockServer;
afterEach(() => mock.close());

async function get(path: string, options: RequestInit = {}): Promise<Response> {
  mock = await createMockServer({ clock: 'virtual' }).listen();
  return fetch(mock.url + path, { redirect: 'manual', ...options });
}

describe('the console', () => {
  it('is one page that can run only its own script files', async () => {
    const response = await get('/__console/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).toMatch(/<script type="module"[^>]* src="\.\/console\.js">/);
  });

  it.each([
    ['console.js', 'text/javascript; charset=utf-8'],
    ['console.css', 'text/css; charset=utf-8'],
  ])('serves %s', async (name, type) => {
    const response = await get(`/__console/${name}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
  });

  it('redirects to the address with a trailing slash, for relative addresses', async () => {
    const response = await get('/__console');
    expect([response.status, response.headers.get('location')]).toEqual([308, '/__console/']);
  });

  it.each([
    'none.js',
    '%2e%2e/prepared-packs/index.json',
    '..%2fprepared-packs/index.json',
    'a/b',
    '.hidden',
  ])('does not serve %s', async (name) => {
    expect((await get(`/__console/${name}`)).status).toBe(404);
  });

  it('serves only files of its folder', async () => {
    mock = await createMockServer({ clock: 'virtual' }).listen();
    const connection = openRawConnection(mock.url);
    connection.send(
      'GET /__console/../prepared-packs/index.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect((await connection.answer('GET')).status).toBe(404);
    connection.destroy();
  });

  it('supports GET and HEAD only', async () => {
    const response = await get('/__console/', { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await (await fetch(`${mock.url}/__console/`, { method: 'HEAD' })).text()).toBe('');
  });
});

describe('the built console', () => {
  it('is under 100 KB when compressed', () => {
    const folder = join(PACKAGE_ROOT, 'dist/console');
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    expect(gzipSync(Buffer.concat(files)).length).toBeLessThan(100 * 1024);
  });
});
