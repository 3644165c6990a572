import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMockServer } from '../index.ts';
import { ownCertificate } from './own-certificate.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-tls-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe("the mock's own certificate", () => {
  it('is trusted by whoever trusts its authority, and by nobody else', async () => {
    const { cert, key, caFile } = await ownCertificate(dir, '127.0.0.1');
    const mock = await createMockServer().listen({ tls: { cert, key } });
    const ask = (ca?: string): Promise<number> =>
      new Promise((resolve, reject) => {
        get(`${mock.url}/__admin/health`, { ca, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        }).on('error', reject);
      });
    try {
      expect(mock.url).toMatch(/^https:/);
      expect(await ask(readFileSync(caFile, 'utf8'))).toBe(200);
      await expect(ask()).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    } finally {
      await mock.close();
    }
  });

  it('keeps its authority, whose key only its owner can read', async () => {
    const first = await ownCertificate(dir, 'localhost');
    const authority = readFileSync(first.caFile, 'utf8');
    const second = await ownCertificate(dir, 'mock.test');
    expect(readFileSync(second.caFile, 'utf8')).toBe(authority);
    expect(statSync(join(dir, 'ca-key.pem')).mode & 0o777).toBe(0o600);
    const { subjectAltName } = new X509Certificate(second.cert);
    expect(subjectAltName).toContain('DNS:mock.test');
    expect(subjectAltName).toContain('IP Address:127.0.0.1');
  });

  it('makes its authority anew when the file is damaged', async () => {
    const { caFile } = await ownCertificate(dir, 'localhost');
    writeFileSync(caFile, 'damaged');
    await ownCertificate(dir, 'localhost');
    expect(new X509Certificate(readFileSync(caFile)).ca).toBe(true);
  });

  it('names the folder that it cannot use', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(ownCertificate(join(dir, 'file', 'tls'), 'localhost')).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(join(dir, 'file', 'tls')),
    });
  });
});
