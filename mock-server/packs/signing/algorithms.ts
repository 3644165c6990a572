import { createHmac, sign as signWith } from 'node:crypto';
import { Defect } from '../defect.ts';
import type { SignatureSource } from '../delivery-source.ts';
import { keyPairOf, type PublicJwk } from './key-pair.ts';

/** Computes signatures, and names the keys that verify them. */
export interface Algorithm {
  /** Returns the signature of a text, or of the claims of a JWT as JSON. */
  sign(secret: string, text: string): string;
  readonly hasPublicKeys: boolean;
  /** Public keys; empty when receivers verify with the secret itself. */
  publicKeys(secret: string): readonly PublicJwk[];
  /** Id of the public key; null when receivers verify with the secret. */
  keyId(secret: string): string | null;
}

/** Creates the algorithm of a pack. @throws {Defect} for keys that contradict the algorithm */
export function createAlgorithm(source: SignatureSource): Algorithm {
  refuseContradictions(source);
  switch (source.algorithm) {
    case 'hmac-sha256':
      return hmac('sha256', source);
    case 'hmac-sha512':
      return hmac('sha512', source);
    case 'ed25519':
      return ed25519(source);
    case 'rs256-jwt':
      return rs256Jwt();
  }
}

function refuseContradictions({ algorithm, key, payload, claims, encoding }: SignatureSource): void {
  const isHmac = algorithm.startsWith('hmac-');
  if (isHmac && key === undefined) throw new Defect(`"key" is required for ${algorithm}`);
  if (!isHmac && key !== undefined) {
    throw new Defect(`"key" has no effect with ${algorithm}, whose keys are derived from the secret`, '/key');
  }
  const isJwt = algorithm === 'rs256-jwt';
  if (isJwt && claims === undefined) throw new Defect('"claims" is required for rs256-jwt');
  if (isJwt && payload !== undefined) {
    throw new Defect('"payload" has no effect with rs256-jwt, which signs "claims"', '/payload');
  }
  if (isJwt && encoding !== undefined) {
    throw new Defect('"encoding" has no effect with rs256-jwt, which is always base64url', '/encoding');
  }
  if (!isJwt && payload === undefined) throw new Defect(`"payload" is required for ${algorithm}`);
  if (!isJwt && claims !== undefined) {
    throw new Defect(`"claims" has no effect with ${algorithm}; it belongs to rs256-jwt`, '/claims');
  }
}

function hmac(hash: string, { key, encoding = 'base64' }: SignatureSource): Algorithm {
  return {
    sign: (secret, text) => createHmac(hash, keyBytes(key, secret)).update(text).digest(encoding),
    hasPublicKeys: false,
    publicKeys: () => [],
    keyId: () => null,
  };
}

function keyBytes(form: SignatureSource['key'], secret: string): Buffer {
  if (form !== 'base64-after-prefix') return Buffer.from(secret, 'utf8');
  return Buffer.from(secret.slice(secret.indexOf('_') + 1), 'base64');
}

function ed25519({ encoding = 'base64' }: SignatureSource): Algorithm {
  const pairOf = (secret: string) => keyPairOf('ed25519', secret);
  return {
    sign: (secret, text) => signWith(null, Buffer.from(text), pairOf(secret).privateKey).toString(encoding),
    hasPublicKeys: true,
    publicKeys: (secret) => [pairOf(secret).jwk],
    keyId: (secret) => pairOf(secret).jwk.kid,
  };
}

function rs256Jwt(): Algorithm {
  const pairOf = (secret: string) => keyPairOf('rs256-jwt', secret);
  return {
    sign(secret, claims) {
      const { privateKey, jwk } = pairOf(secret);
      const header = JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: jwk.kid });
      const text = `${base64url(header)}.${base64url(claims)}`;
      return `${text}.${signWith('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
    },
    hasPublicKeys: true,
    publicKeys: (secret) => [pairOf(secret).jwk],
    keyId: (secret) => pairOf(secret).jwk.kid,
  };
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
