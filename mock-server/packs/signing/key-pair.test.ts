import { expect, it } from 'vitest';
import { keyPairOf } from './key-pair.ts';
import { deriveRsaKey } from './rsa-key.ts';

it.each(['ed25519', 'rs256-jwt'] as const)('the key pair of %s depends on the secret alone', (algorithm) => {
  const one = keyPairOf(algorithm, 'one');
  // More secrets than the cache remembers.
  if (algorithm === 'ed25519') for (let n = 0; n < 30; n++) keyPairOf(algorithm, `other ${n}`);
  expect(keyPairOf(algorithm, 'one').jwk).toEqual(one.jwk);
  expect(keyPairOf(algorithm, 'two').jwk.kid).not.toBe(one.jwk.kid);
});

it('an RSA key that is derived from a text has 2048 bits and passes the checks of OpenSSL', () => {
  for (const text of ['a', 'b', 'c']) {
    const key = deriveRsaKey(text);
    expect(key.asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65537n });
    expect(key.export({ format: 'jwk' })).toEqual(deriveRsaKey(text).export({ format: 'jwk' }));
  }
});
