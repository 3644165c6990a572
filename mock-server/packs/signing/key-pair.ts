import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { deriveRsaKey } from './rsa-key.ts';

/** Algorithms whose signatures are verified with a public key. */
export type PublicKeyAlgorithm = 'ed25519' | 'rs256-jwt';

/** A public key as a JSON Web Key (RFC 7517). */
export type PublicJwk = Readonly<Record<string, string>>;

/** A private key, and the public key that receivers download. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly jwk: PublicJwk & { readonly kid: string };
}

/** Beginning of a private Ed25519 key in DER (RFC 8410), which the 32 bytes of the key follow. */
const ED25519_DER = Buffer.from('302e020100300506032b657004220420', 'hex');

const DERIVE: Readonly<Record<PublicKeyAlgorithm, (secret: string) => KeyObject>> = {
  ed25519(secret) {
    const bytes = createHash('sha256').update(`ed25519 ${secret}`).digest();
    return createPrivateKey({ key: Buffer.concat([ED25519_DER, bytes]), format: 'der', type: 'pkcs8' });
  },
  'rs256-jwt': (secret) => deriveRsaKey(`rsa ${secret}`),
};

const JOSE_NAMES: Readonly<Record<PublicKeyAlgorithm, string>> = { ed25519: 'EdDSA', 'rs256-jwt': 'RS256' };

/** Number of pairs in the cache: a mock needs one, and the cases of forged callbacks need a second. */
const REMEMBERED = 20;
const known = new Map<string, KeyPair>();

/** Returns the key pair that belongs to a secret; the same secret always gives the same keys. */
export function keyPairOf(algorithm: PublicKeyAlgorithm, secret: string): KeyPair {
  const name = `${algorithm} ${secret}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  const privateKey = DERIVE[algorithm](secret);
  const members = createPublicKey(privateKey).export({ format: 'jwk' }) as Record<string, string>;
  const jwk = { ...members, kid: thumbprint(members), alg: JOSE_NAMES[algorithm], use: 'sig' };
  if (known.size >= REMEMBERED) known.clear();
  const pair: KeyPair = { privateKey, jwk };
  known.set(name, pair);
  return pair;
}

/** Returns the thumbprint of a key (RFC 7638): a hash of its required members in lexical order. */
function thumbprint(members: Readonly<Record<string, string>>): string {
  const sorted = Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('base64url');
}
