import { spawnSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { SignatureSource } from '../delivery-source.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import type { CallbackInput } from './callback-values.ts';
import { compileSigner } from './signer.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const INPUT: CallbackInput = {
  taskId: '7f0c2f3e-6b1d-4a52-8f4e-0d1c2b3a4958',
  deliveryId: 'd2',
  url: 'https://app.test:8443/hooks/video%20done?tenant=7&x=a%2Fb',
  body: '{"title":"Möwe 🕊","n":1.0}',
  request: { callback_id: 'order-7' },
  wallAt: Date.UTC(2026, 2, 4, 5, 6, 7, 890),
};
const SECONDS = Math.floor(INPUT.wallAt / 1000);

/** Texts that vendors sign, with the text that a receiver reconstructs from the parts of its request. */
const TEXTS: Readonly<Record<string, readonly [payload: string, text: string]>> = {
  'the body': ['{$delivery.body}', INPUT.body],
  'timestamp, dot, body': ['{$signature.timestamp}.{$delivery.body}', `${SECONDS}.${INPUT.body}`],
  'the canonical request': [
    '{$callback.method}\n{$callback.path}\n{$callback.query}\n{$callback.host}\nDate:{$callback.httpDate}\n',
    'POST\n/hooks/video%20done\ntenant=7&x=a%2Fb\napp.test:8443\nDate:Wed, 04 Mar 2026 05:06:07 GMT\n',
  ],
  'a field of the request, and the URL': [
    '{$request.body#/callback_id} {$callback.url}',
    `order-7 ${INPUT.url}`,
  ],
  'ids and the hash of the body': [
    '{$task.id}\n{$signature.timestamp}\n{$delivery.sha256}',
    // printf '%s' '{"title":"Möwe 🕊","n":1.0}' | sha256sum
    `${INPUT.taskId}\n${SECONDS}\n__SHA256__`,
  ],
};

const ALGORITHMS = ['hmac-sha256', 'hmac-sha512', 'ed25519'] as const;
const ENCODINGS = ['hex', 'base64', 'base64url'] as const;

function sourceOf(algorithm: (typeof ALGORITHMS)[number], change: Partial<SignatureSource>): SignatureSource {
  return {
    algorithm,
    ...(algorithm === 'ed25519' ? {} : { key: 'utf8' as const }),
    headers: { 'x-signature': '$signature.value' },
    ...change,
  };
}

function byPython(question: object): string {
  const script = join(PACKAGE_ROOT, 'fixtures/signatures/verify_signature.py');
  const { stdout, stderr } = spawnSync('python3', [script], {
    input: JSON.stringify(question),
    encoding: 'utf8',
  });
  return stdout.trim() || stderr;
}

const hasPythonKeys = spawnSync('python3', ['-c', 'import cryptography']).status === 0;

describe.each(ALGORITHMS)('a signature by %s', (algorithm) => {
  const isVerifiable = algorithm !== 'ed25519' || hasPythonKeys;

  it.skipIf(!isVerifiable).each(ENCODINGS)(
    'is valid for Python in %s, and only for its own text',
    (encoding) => {
      const [payload, text] = TEXTS['timestamp, dot, body'] ?? ['', ''];
      const signer = compileSigner(sourceOf(algorithm, { payload, encoding }));
      const signature = signer.sign(SECRET, INPUT)['x-signature'];
      const [jwk = null] = signer.publicKeys(SECRET);
      const question = { algorithm, encoding, signature, secret: SECRET, jwk };
      expect(byPython({ ...question, text })).toBe('valid');
      expect(byPython({ ...question, text: `${text} ` })).toBe('invalid');
      const [other = null] = signer.publicKeys('another secret');
      expect(byPython({ ...question, text, secret: 'another secret', jwk: other })).toBe('invalid');
    },
  );
});

describe('an Ed25519 signature', () => {
  it.each(Object.keys(TEXTS))('is valid for WebCrypto over %s', async (name) => {
    const [payload = '', expected = ''] = TEXTS[name] ?? [];
    const hash = await webcrypto.subtle.digest('SHA-256', Buffer.from(INPUT.body));
    const text = expected.replace('__SHA256__', Buffer.from(hash).toString('hex'));
    const signer = compileSigner(sourceOf('ed25519', { payload, encoding: 'hex' }));
    const signature = Buffer.from(signer.sign(SECRET, INPUT)['x-signature'] ?? '', 'hex');
    const key = await importKey(signer.publicKeys(SECRET)[0] ?? {}, 'Ed25519');
    const verify = (message: string) =>
      webcrypto.subtle.verify('Ed25519', key, signature, Buffer.from(message));
    expect(await verify(text)).toBe(true);
    expect(await verify(`${text}\n`)).toBe(false);
  });

  it('names its public key by the thumbprint of RFC 8037', () => {
    const signer = compileSigner(
      sourceOf('ed25519', {
        payload: '{$delivery.body}',
        headers: { 'x-key': '$signature.keyId', 'x-signature': '$signature.value' },
      }),
    );
    const [jwk] = signer.publicKeys(SECRET);
    expect(jwk).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
    expect(jwk).not.toHaveProperty('d');
    expect(signer.sign(SECRET, INPUT)['x-key']).toBe(jwk?.kid);
  });
});

describe('a JWT', () => {
  const signer = compileSigner({
    algorithm: 'rs256-jwt',
    claims: {
      iss: 'https://vendor.test',
      iat: '$signature.timestamp',
      exp: '$signature.expires',
      jti: '$signature.nonce',
      body_sha256: '$delivery.sha256',
    },
    lifetime: '10m',
    headers: { authorization: 'Bearer {$signature.value}' },
  });
  const token = signer.sign(SECRET, INPUT).authorization?.slice('Bearer '.length) ?? '';
  const [header = '', claims = '', signature = ''] = token.split('.');
  const [jwk = {}] = signer.publicKeys(SECRET);

  it('is valid for WebCrypto with the published key, and not with that of another secret', async () => {
    const verifyWith = async (key: object) =>
      webcrypto.subtle.verify(
        'RSASSA-PKCS1-v1_5',
        await importKey(key, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }),
        Buffer.from(signature, 'base64url'),
        Buffer.from(`${header}.${claims}`),
      );
    expect(await verifyWith(jwk)).toBe(true);
    expect(await verifyWith(signer.publicKeys('another secret')[0] ?? {})).toBe(false);
  });

  it.skipIf(!hasPythonKeys)('is valid for Python', () => {
    const question = { algorithm: 'rs256', encoding: 'base64url', signature, jwk };
    expect(byPython({ ...question, text: `${header}.${claims}` })).toBe('valid');
    expect(byPython({ ...question, text: `${header}.${claims}x` })).toBe('invalid');
  });

  it('names its key, and has the claims of the pack with numeric times', () => {
    expect(decoded(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: jwk.kid });
    expect(decoded(claims)).toMatchObject({
      iss: 'https://vendor.test',
      iat: SECONDS,
      exp: SECONDS + 600,
      jti: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('has a public key of 2048 bits without private members', () => {
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(Buffer.from(jwk.n ?? '', 'base64url')).toHaveLength(256);
  });
});

describe('a signature with its parts in one header', () => {
  it('is valid for the reference implementation of Standard Webhooks', () => {
    const signer = compileSigner({
      algorithm: 'hmac-sha256',
      key: 'base64-after-prefix',
      payload: '{$delivery.id}.{$signature.timestamp}.{$delivery.body}',
      headers: {
        'webhook-id': '$delivery.id',
        'webhook-timestamp': '$signature.timestamp',
        'webhook-signature': 'v1,{$signature.value}',
      },
    });
    const headers = signer.sign(SECRET, { ...INPUT, wallAt: Date.now() });
    expect(new Webhook(SECRET).verify(INPUT.body, headers)).toEqual(JSON.parse(INPUT.body));
    expect(() => new Webhook(SECRET).verify(`${INPUT.body} `, headers)).toThrow();
  });

  it('can be t=TIME,v0=HEX', () => {
    const signer = compileSigner(
      sourceOf('hmac-sha256', {
        payload: '{$signature.timestamp}.{$delivery.body}',
        encoding: 'hex',
        headers: { 'x-signature': 't={$signature.timestamp},v0={$signature.value}' },
      }),
    );
    const [, time, signature] =
      /^t=(\d+),v0=([0-9a-f]{64})$/.exec(signer.sign(SECRET, INPUT)['x-signature'] ?? '') ?? [];
    const text = `${time}.${INPUT.body}`;
    const question = { algorithm: 'hmac-sha256', encoding: 'hex', secret: SECRET, signature };
    expect(byPython({ ...question, text })).toBe('valid');
  });
});

function decoded(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

function importKey(jwk: object, algorithm: Parameters<typeof webcrypto.subtle.importKey>[2]) {
  return webcrypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']);
}
