import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fc } from '../../../fixtures/properties.ts';
import { Defect } from '../defect.ts';
import type { SignatureSource } from '../delivery-source.ts';
import { loadPack } from '../load-pack.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import type { CallbackInput } from './callback-values.ts';
import { compileSigner, type Signer } from './signer.ts';

const INPUT: CallbackInput = {
  taskId: 'ee603959-debb-48d1-98c4-a6d1c717eba6',
  deliveryId: 'd1',
  url: 'http://127.0.0.1:3000/hooks/video?tenant=7',
  body: '{"code":200}',
  request: { model: 'fast' },
  wallAt: 1_755_955_200_000,
};

function seconds({ wallAt }: CallbackInput): number {
  return wallAt / 1000;
}

const STANDARD: SignatureSource = {
  algorithm: 'hmac-sha256',
  key: 'base64-after-prefix',
  payload: '{$delivery.id}.{$signature.timestamp}.{$delivery.body}',
  headers: {
    'webhook-id': '{$delivery.id}',
    'webhook-timestamp': '{$signature.timestamp}',
    'webhook-signature': 'v1,{$signature.value}',
  },
};

function runwaySigner(): Signer {
  const { signer } = loadPack(join(PACKAGE_ROOT, 'spec/runway'));
  if (signer === null) throw new Error('the pack has no signature');
  return signer;
}

const someInput: fc.Arbitrary<CallbackInput> = fc.record({
  taskId: fc.uuid(),
  deliveryId: fc.constantFrom('d1', 'd2'),
  url: fc.webUrl(),
  body: fc.json(),
  request: fc.constant({}),
  wallAt: fc.nat(4_000_000_000).map((seconds) => seconds * 1000),
});

describe('the signature of the Runway pack', () => {
  const { sign } = runwaySigner();

  it('is the base64 of an HMAC-SHA256 over task id, dot, timestamp', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), someInput, (secret, input) => {
        const hmac = createHmac('sha256', secret).update(`${input.taskId}.${seconds(input)}`);
        expect(sign(secret, input)).toStrictEqual({
          'X-Webhook-Timestamp': String(seconds(input)),
          'X-Webhook-Signature': hmac.digest('base64'),
        });
      }),
    );
  });

  it('matches the result of openssl for a fixed key', () => {
    // printf 'ee603959-debb-48d1-98c4-a6d1c717eba6.1755955200' | openssl dgst -sha256 -hmac topsecret -binary | base64
    expect(sign('topsecret', INPUT)['X-Webhook-Signature']).toBe(
      'bXSqpT1a6ImRNuIHHhaRqS/4jn20nb7+H+AkKzvxOMA=',
    );
  });

  it('does not depend on the body or the delivery', () => {
    const other = sign('topsecret', { ...INPUT, body: '{}', deliveryId: 'd9' });
    expect(other).toStrictEqual(sign('topsecret', INPUT));
  });

  it('changes with the key, the task and the time', () => {
    const signatures = [
      sign('topsecret', INPUT),
      sign('topsecret2', INPUT),
      sign('topsecret', { ...INPUT, taskId: 'another' }),
      sign('topsecret', { ...INPUT, wallAt: INPUT.wallAt + 1000 }),
    ].map((headers) => headers['X-Webhook-Signature']);
    expect(new Set(signatures).size).toBe(4);
  });

  it('uses the key as UTF-8', () => {
    const key = Buffer.from([0xd0, 0xba, 0xd0, 0xbb, 0xd1, 0x8e, 0xd1, 0x87]);
    const hmac = createHmac('sha256', key).update(`${INPUT.taskId}.${seconds(INPUT)}`);
    expect(sign('ключ', INPUT)['X-Webhook-Signature']).toBe(hmac.digest('base64'));
  });
});

describe('a signature according to Standard Webhooks', () => {
  const key = Buffer.from('0123456789abcdef0123456789abcdef');
  const { sign } = compileSigner(STANDARD);

  it('decodes the key after the prefix from base64, and covers the body', () => {
    fc.assert(
      fc.property(someInput, (input) => {
        const id = `${input.taskId}-${input.deliveryId}`;
        const hmac = createHmac('sha256', key).update(`${id}.${seconds(input)}.${input.body}`);
        expect(sign(`whsec_${key.toString('base64')}`, input)).toStrictEqual({
          'webhook-id': id,
          'webhook-timestamp': String(seconds(input)),
          'webhook-signature': `v1,${hmac.digest('base64')}`,
        });
      }),
    );
  });

  it('is the same without the prefix', () => {
    const bare = key.toString('base64');
    expect(sign(bare, INPUT)).toStrictEqual(sign(`whsec_${bare}`, INPUT));
  });
});

type Change = { readonly [Key in keyof SignatureSource]?: SignatureSource[Key] | undefined };

describe('the signature rules of a pack', () => {
  it('may have expressions as headers', () => {
    const { sign } = compileSigner({
      ...STANDARD,
      headers: { 'X-Time': '$signature.timestamp', 'X-Name': 'mock' },
    });
    expect(sign('secret', INPUT)).toStrictEqual({ 'X-Time': String(seconds(INPUT)), 'X-Name': 'mock' });
  });

  function defectOf(change: Change): string {
    try {
      compileSigner({ ...STANDARD, ...change } as SignatureSource);
    } catch (error) {
      if (error instanceof Defect) return `${error.pointer}: ${error.message}`;
      throw error;
    }
    return 'it compiles';
  }

  it.each([
    [{ payload: '{$task.name}' }, '/payload: unknown expression "$task.name": $task has no "name"'],
    [
      { payload: '{$body}' },
      '/payload: "$body" cannot be used here; expected one of $task, $delivery, $callback, $request, $signature, $null',
    ],
    [
      { headers: { 'X/Y': '{$delivery.nr}' } },
      '/headers/X~1Y: unknown expression "$delivery.nr": $delivery has no "nr"',
    ],
    [{ key: undefined }, ': "key" is required for hmac-sha256'],
    [{ payload: undefined }, ': "payload" is required for hmac-sha256'],
    [
      { claims: { iss: 'vendor' } },
      '/claims: "claims" has no effect with hmac-sha256; it belongs to rs256-jwt',
    ],
    [
      { algorithm: 'ed25519' },
      '/key: "key" has no effect with ed25519, whose keys are derived from the secret',
    ],
    [{ algorithm: 'rs256-jwt', key: undefined }, ': "claims" is required for rs256-jwt'],
    [
      { algorithm: 'rs256-jwt', key: undefined, claims: {} },
      '/payload: "payload" has no effect with rs256-jwt, which signs "claims"',
    ],
    [
      { algorithm: 'rs256-jwt', key: undefined, payload: undefined, claims: {}, encoding: 'hex' },
      '/encoding: "encoding" has no effect with rs256-jwt, which is always base64url',
    ],
    [
      { algorithm: 'rs256-jwt', key: undefined, payload: undefined, claims: { exp: '$signature.end' } },
      '/claims/exp: unknown expression "$signature.end": $signature has no "end"',
    ],
    [{ lifetime: 'soon' }, '/lifetime: "soon" is not a duration'],
  ] as [Change, string][])('are rejected with %j', (change, message) => {
    expect(defectOf(change)).toBe(message);
  });

  it('do not find inherited properties', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const sources = ['task', 'delivery', 'callback', 'signature'].flatMap((root) =>
      names.map((name) => `{$${root}.${name}}`),
    );
    const accepted = sources.filter((payload) => defectOf({ payload }) === 'it compiles');
    expect(accepted).toStrictEqual([]);
  });
});
