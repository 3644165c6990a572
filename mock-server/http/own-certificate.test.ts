import { execFileSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMockServer } from '../index.ts';
import { ownCertificate } from './own-certificate.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-tls-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const modeOf = (file: string): number => statSync(file).mode & 0o777;
const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

/** Returns openssl's verdict on a certificate, given the authority in the folder. */
async function verifyOf(certificate: string, ...options: string[]): Promise<string> {
  writeFileSync(join(dir, 'leaf.pem'), certificate);
  try {
    const given = [
      'verify',
      '-x509_strict',
      '-CAfile',
      join(dir, 'ca.pem'),
      ...options,
      join(dir, 'leaf.pem'),
    ];
    return execFileSync('openssl', given, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    return String((error as { stderr?: string }).stderr);
  }
}

/** Creates a certificate for any name, signed with the key of the authority in the folder. */
async function signFor(name: x509.JsonGeneralName, isAuthority = false): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const [keyPem = '', certPem = ''] = readFileSync(join(dir, 'ca-key.pem'), 'utf8').split(
    /(?=-----BEGIN CERT)/,
  );
  const issuer = new x509.X509Certificate(certPem);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const der = x509.PemConverter.decodeFirst(keyPem);
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: '4000000000000001',
    subject: 'CN=Any',
    issuer: issuer.subject,
    notBefore: issuer.notBefore,
    notAfter: issuer.notAfter,
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']),
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      ...(isAuthority ? [new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)] : []),
      new x509.SubjectAlternativeNameExtension([name]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
    ],
  });
  return cert.toString('pem');
}

describe('the generated certificate', () => {
  it('is trusted by clients that trust its authority, and only by those', async () => {
    const { cert, key, caFile } = await ownCertificate(dir, '127.0.0.1');
    const mock = await createMockServer().listen({ tls: { cert, key } });
    const fetchStatus = (url: string, ca?: string): Promise<number> =>
      new Promise((resolve, reject) => {
        get(`${url}/__admin/health`, { ca, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        }).on('error', reject);
      });
    try {
      expect(mock.url).toMatch(/^https:/);
      expect(await fetchStatus(mock.url, readFileSync(caFile, 'utf8'))).toBe(200);
      expect(
        await fetchStatus(mock.url.replace('127.0.0.1', 'localhost'), readFileSync(caFile, 'utf8')),
      ).toBe(200);
      await expect(fetchStatus(mock.url)).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    } finally {
      await mock.close();
    }
  });

  it.each<[host: string, names: string[]]>([
    ['127.0.0.1', []],
    ['localhost', []],
    ['127.1', []],
    ['0.0.0.0', []],
    ['::', []],
    ['127.0.0.2', ['IP Address:127.0.0.2']],
    ['app.localhost', ['DNS:app.localhost']],
    ['Mock.Test.', ['DNS:mock.test']],
    ['192.168.1.20', ['IP Address:192.168.1.20']],
    ['fd00::5', ['IP Address:FD00:0:0:0:0:0:0:5']],
    ['not a host', []],
  ])('for %s covers loopback and %j', async (host, names) => {
    const { cert } = await ownCertificate(dir, host);
    const all = ['DNS:localhost', 'IP Address:127.0.0.1', 'IP Address:0:0:0:0:0:0:0:1', ...names];
    expect(new X509Certificate(cert).subjectAltName?.split(', ')).toEqual(all);
    if (hasOpenssl) expect(await verifyOf(cert)).toMatch(/: OK/);
  });

  it('keeps its authority for other loopback hosts', async () => {
    const authority = readFileSync((await ownCertificate(dir, 'localhost')).caFile, 'utf8');
    for (const host of ['127.0.0.1', 'app.localhost', '127.0.0.9', '0.0.0.0']) {
      expect(readFileSync((await ownCertificate(dir, host)).caFile, 'utf8')).toBe(authority);
    }
  });

  it('keeps an authority for another host, which can also certify loopback', async () => {
    const authority = readFileSync((await ownCertificate(dir, 'mock.test')).caFile, 'utf8');
    for (const host of ['localhost', 'mock.test']) {
      expect(readFileSync((await ownCertificate(dir, host)).caFile, 'utf8')).toBe(authority);
    }
  });

  it('is signed by the same authority when several mocks start at once', async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => ownCertificate(dir, 'localhost')));
    const ca = new X509Certificate(readFileSync(join(dir, 'ca.pem')));
    for (const { cert } of made) expect(new X509Certificate(cert).verify(ca.publicKey)).toBe(true);
  });
});

describe('the generated authority', () => {
  it.runIf(hasOpenssl)('can certify only loopback and the host', async () => {
    await ownCertificate(dir, 'mock.test');
    for (const name of ['localhost', 'a.localhost', 'mock.test', 'a.mock.test']) {
      expect(await verifyOf(await signFor({ type: 'dns', value: name }))).toMatch(/: OK/);
    }
    for (const name of [
      'example.com',
      'localhost.example.com',
      'mock.test.example.com',
      'test',
      'evilmock.test',
    ]) {
      expect(await verifyOf(await signFor({ type: 'dns', value: name }))).toMatch(
        /permitted subtree violation/,
      );
    }
    for (const [ip, verdict] of [
      ['127.255.0.1', /: OK/],
      ['::1', /: OK/],
      ['128.0.0.1', /permitted subtree violation/],
      ['192.168.1.20', /permitted subtree violation/],
      ['::2', /permitted subtree violation/],
    ] as const) {
      expect(await verifyOf(await signFor({ type: 'ip', value: ip }))).toMatch(verdict);
    }
  });

  it.runIf(hasOpenssl)('cannot create other authorities', async () => {
    await ownCertificate(dir, 'localhost');
    const other = await signFor({ type: 'dns', value: 'localhost' }, true);
    expect(await verifyOf(other)).toMatch(/: OK/);
    const text = execFileSync('openssl', ['x509', '-in', join(dir, 'ca.pem'), '-noout', '-text'], {
      encoding: 'utf8',
    });
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
    expect(text).toMatch(/Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127.0.0.0\/255.0.0.0/);
    expect(text).toMatch(/Subject Key Identifier/);
  });

  it('is not accessible to other users, and is ignored by git', async () => {
    const folder = join(dir, 'new');
    await ownCertificate(folder, 'localhost');
    expect(modeOf(folder)).toBe(0o700);
    expect(modeOf(join(folder, 'ca-key.pem'))).toBe(0o600);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
    expect(readdirSync(folder).sort()).toEqual(['.gitignore', 'ca-key.pem', 'ca.pem']);
  });

  it('leaves the permissions of a folder with other files unchanged', async () => {
    const folder = join(dir, 'certs');
    mkdirSync(folder, { mode: 0o755 });
    writeFileSync(join(folder, 'README'), '');
    await ownCertificate(folder, 'localhost');
    expect(modeOf(folder)).toBe(0o755);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8').split('\n')).toContain('ca-key.pem');
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).not.toContain('*');
  });

  it("keeps the user's own .gitignore", async () => {
    writeFileSync(join(dir, '.gitignore'), 'mine\n');
    await ownCertificate(dir, 'localhost');
    expect(readFileSync(join(dir, '.gitignore'), 'utf8')).toBe('mine\n');
  });

  const KEY = /-----BEGIN PRIVATE KEY-----[\s\S]*-----END PRIVATE KEY-----\n/;
  it.each<[what: string, damage: (text: string) => string]>([
    ['empty', () => ''],
    ['truncated', (text) => text.slice(0, text.length / 2)],
    ['without its certificate, as in earlier versions', (text) => KEY.exec(text)?.[0] ?? ''],
    ['not PEM', () => 'damaged'],
  ])('is recreated when its file is %s', async (_what, damage) => {
    const { caFile } = await ownCertificate(dir, 'localhost');
    const before = readFileSync(caFile, 'utf8');
    const file = join(dir, 'ca-key.pem');
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    const { cert } = await ownCertificate(dir, 'localhost');
    const after = readFileSync(caFile, 'utf8');
    expect(after).not.toBe(before);
    expect(new X509Certificate(cert).verify(createPublicKey(after))).toBe(true);
    expect(modeOf(file)).toBe(0o600);
  });

  it('is recreated when its key belongs to another authority', async () => {
    await ownCertificate(dir, 'localhost');
    const file = join(dir, 'ca-key.pem');
    const mine = readFileSync(file, 'utf8');
    rmSync(file);
    await ownCertificate(dir, 'localhost');
    const key = KEY.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
    writeFileSync(file, mine.replace(KEY, key));
    const { cert, caFile } = await ownCertificate(dir, 'localhost');
    expect(new X509Certificate(cert).verify(createPublicKey(readFileSync(caFile)))).toBe(true);
  });

  it.each([
    ['has expired', { notAfterMs: -1000 }, true],
    ['expires before the certificates it would sign', { notAfterMs: 1e9 }, true],
    ['has no name constraints', { notAfterMs: 1e12 }, false],
  ])('is recreated when it %s', async (_what, { notAfterMs }, isConstrained) => {
    await ownCertificate(dir, 'localhost');
    const file = join(dir, 'ca-key.pem');
    const ours = new x509.X509Certificate(readFileSync(join(dir, 'ca.pem'), 'utf8'));
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const old = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=Old',
      notBefore: new Date(ours.notBefore.getTime() - 1e9),
      notAfter: new Date(ours.notBefore.getTime() + notAfterMs),
      keys,
      signingAlgorithm: algorithm,
      extensions: ours.extensions.filter(({ type }) => isConstrained || type !== '2.5.29.30'),
    });
    const key = x509.PemConverter.encode(
      await crypto.subtle.exportKey('pkcs8', keys.privateKey),
      'PRIVATE KEY',
    );
    writeFileSync(file, `${key}\n${old.toString('pem')}\n`);
    const { caFile } = await ownCertificate(dir, 'localhost');
    expect(readFileSync(caFile, 'utf8').trim()).not.toBe(old.toString('pem').trim());
    expect(new X509Certificate(readFileSync(caFile)).subject).toMatch(/Stunt Double/);
  });

  it('is recreated for a host that it cannot certify', async () => {
    const { caFile } = await ownCertificate(dir, 'localhost');
    const before = readFileSync(caFile, 'utf8');
    await ownCertificate(dir, 'mock.test');
    expect(readFileSync(caFile, 'utf8')).not.toBe(before);
  });

  it('rewrites its certificate when the file is damaged', async () => {
    const { caFile } = await ownCertificate(dir, 'localhost');
    const before = readFileSync(caFile, 'utf8');
    writeFileSync(caFile, 'damaged');
    await ownCertificate(dir, 'localhost');
    expect(readFileSync(caFile, 'utf8')).toBe(before);
  });

  it.each(['ca-key.pem', 'ca.pem'])(
    "rejects a folder where %s is a link, and does not touch the link's target",
    async (name) => {
      const target = join(dir, 'target');
      writeFileSync(target, 'precious');
      const folder = join(dir, 'linked');
      mkdirSync(folder);
      symlinkSync(target, join(folder, name));
      await expect(ownCertificate(folder, 'localhost')).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        message: `The file ${join(folder, name)} is not a regular file.`,
      });
      expect(readFileSync(target, 'utf8')).toBe('precious');
    },
  );

  it('names a folder that cannot be used', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(ownCertificate(join(dir, 'file', 'tls'), 'localhost')).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(join(dir, 'file', 'tls')),
    });
    expect(existsSync(join(dir, 'file', 'tls'))).toBe(false);
  });
});
