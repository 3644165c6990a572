import { createHash, createHmac, timingSafeEqual, webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../fixtures/free-port.ts';
import {
  type CheckingReceiver,
  openCheckingReceiver,
} from '../../fixtures/receivers/open-checking-receiver.ts';
import { type DeliveryRules, writeSigningPack } from '../../fixtures/signatures/signing-pack.ts';
import { judgeReceiver } from './judge-receiver.ts';

const SECRET = 'shared-secret-0123456789';
const TOLERANCE_S = 300;

/** Returns whether a callback is genuine. @param jwks URL of the public keys */
type Check = (body: string, headers: IncomingHttpHeaders, jwks: string) => boolean | Promise<boolean>;

interface Scheme {
  readonly rules: DeliveryRules;
  readonly secret?: string;
  readonly genuine: Check;
  /** Cases that a receiver without any verification fails. */
  readonly found: readonly string[];
  /** Cases that do not apply. */
  readonly inapplicable?: readonly string[];
}

/** A receiver's own verification of each scheme, written from the documentation of the vendors. */
const SCHEMES: Readonly<Record<string, Scheme>> = {
  'HMAC-SHA256 in hex, with the time in the same header': {
    secret: SECRET,
    rules: {
      signature: {
        algorithm: 'hmac-sha256',
        key: 'utf8',
        encoding: 'hex',
        payload: '{$signature.timestamp}.{$delivery.body}',
        headers: { 'x-signature': 't={$signature.timestamp},v0={$signature.value}' },
      },
    },
    genuine(body, headers) {
      const [, time = '', hex = ''] =
        /^t=(\d+),v0=([0-9a-f]{64})$/.exec(String(headers['x-signature'])) ?? [];
      const expected = createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex');
      return (
        isRecent(Number(time)) &&
        hex.length === 64 &&
        timingSafeEqual(Buffer.from(hex), Buffer.from(expected))
      );
    },
    found: ['RCV-SEC-01', 'RCV-SEC-05', 'RCV-SEC-06', 'RCV-SEC-07'],
    inapplicable: ['RCV-SEC-08', 'RCV-SEC-09'],
  },
  'HMAC-SHA512 of the body alone': {
    secret: SECRET,
    rules: {
      signature: {
        algorithm: 'hmac-sha512',
        key: 'utf8',
        payload: '{$delivery.body}',
        headers: { 'x-signature': '{$signature.value}' },
      },
    },
    genuine: (body, headers) =>
      createHmac('sha512', SECRET).update(body).digest('base64') === headers['x-signature'],
    found: ['RCV-SEC-01', 'RCV-SEC-05', 'RCV-SEC-07', 'RCV-SEC-08'],
    inapplicable: ['RCV-SEC-06', 'RCV-SEC-09'],
  },
  'Ed25519 with published keys': {
    rules: {
      signature: {
        algorithm: 'ed25519',
        encoding: 'hex',
        always: true,
        payload: '{$delivery.id}\n{$signature.timestamp}\n{$delivery.sha256}',
        headers: {
          'x-id': '$delivery.id',
          'x-time': '$signature.timestamp',
          'x-signature': '$signature.value',
        },
      },
    },
    async genuine(body, headers, jwks) {
      const time = Number(headers['x-time']);
      const signature = String(headers['x-signature']);
      if (!isRecent(time) || !/^[0-9a-f]{128}$/.test(signature)) return false;
      const hash = createHash('sha256').update(body).digest('hex');
      const text = Buffer.from(`${headers['x-id']}\n${time}\n${hash}`);
      const keys = await publicKeys(jwks, 'Ed25519');
      const results = keys.map((key) =>
        webcrypto.subtle.verify('Ed25519', key, Buffer.from(signature, 'hex'), text),
      );
      return (await Promise.all(results)).includes(true);
    },
    found: ['RCV-SEC-01', 'RCV-SEC-05', 'RCV-SEC-06', 'RCV-SEC-07'],
    inapplicable: ['RCV-SEC-08', 'RCV-SEC-09'],
  },
  'a JWT with published keys': {
    rules: {
      signature: {
        algorithm: 'rs256-jwt',
        always: true,
        claims: { iat: '$signature.timestamp', exp: '$signature.expires', sha256: '$delivery.sha256' },
        headers: { 'x-signature': '$signature.value' },
      },
    },
    async genuine(body, headers, jwks) {
      const [header = '', claims = '', signature = '', ...rest] = String(headers['x-signature']).split('.');
      if (rest.length > 0 || !/^[\w-]{342}$/.test(signature)) return false;
      const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
      const [key] = await publicKeys(jwks, algorithm);
      if (key === undefined) return false;
      const bytes = Buffer.from(signature, 'base64url');
      const isSigned = await webcrypto.subtle.verify(
        algorithm.name,
        key,
        bytes,
        Buffer.from(`${header}.${claims}`),
      );
      if (!isSigned || bytes.toString('base64url') !== signature) return false;
      const { iat, sha256 } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
        iat: number;
        sha256: string;
      };
      return isRecent(iat) && sha256 === createHash('sha256').update(body).digest('hex');
    },
    found: ['RCV-SEC-01', 'RCV-SEC-05', 'RCV-SEC-06', 'RCV-SEC-07', 'RCV-SEC-08'],
    inapplicable: ['RCV-SEC-09'],
  },
};

const ABOUT_SIGNATURES = [1, 5, 6, 7, 8, 9].map((n) => `RCV-SEC-0${n}`);

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stuntdouble-schemes-'));
  for (const [index, { rules }] of Object.values(SCHEMES).entries()) {
    writeSigningPack(join(home, String(index)), rules);
  }
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

let receiver: CheckingReceiver;
afterEach(() => receiver.close());

/** Judges a receiver with this check, and returns the status of each case. */
async function statuses(scheme: Scheme, check: Check): Promise<Record<string, string>> {
  const apiPort = await freePort();
  const jwks = `http://127.0.0.1:${apiPort}/jwks.json`;
  receiver = await openCheckingReceiver((body, headers) => check(body, headers, jwks));
  const { cases } = await judgeReceiver({
    url: receiver.url,
    packs: [join(home, String(Object.values(SCHEMES).indexOf(scheme)))],
    event: 'signing.prediction',
    ackTimeout: '2s',
    only: ABOUT_SIGNATURES,
    apiPort,
    ...(scheme.secret === undefined ? {} : { secret: scheme.secret }),
  });
  return Object.fromEntries(cases.map(({ id, status }) => [id, status]));
}

describe.each(Object.entries(SCHEMES))('a receiver of %s', (_title, scheme) => {
  const { genuine, found, inapplicable = [] } = scheme;

  it('passes when it verifies as documented', async () => {
    const expected = ABOUT_SIGNATURES.map((id) => [
      id,
      inapplicable.includes(id) ? 'not-applicable' : 'passed',
    ]);
    expect(await statuses(scheme, genuine)).toEqual(Object.fromEntries(expected));
  });

  it('fails every case when it accepts any signature', async () => {
    const result = await statuses(scheme, () => true);
    expect(Object.keys(result).filter((id) => result[id] === 'failed')).toEqual(found);
  });
});

function isRecent(seconds: number): boolean {
  return Math.abs(Date.now() / 1000 - seconds) < TOLERANCE_S;
}

async function publicKeys(
  url: string,
  algorithm: Parameters<typeof webcrypto.subtle.importKey>[2],
): Promise<webcrypto.CryptoKey[]> {
  const response = await fetch(url);
  const { keys } = (await response.json()) as { keys: webcrypto.JsonWebKey[] };
  return Promise.all(keys.map((key) => webcrypto.subtle.importKey('jwk', key, algorithm, false, ['verify'])));
}
