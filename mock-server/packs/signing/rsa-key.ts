import { checkPrimeSync, createHash, createPrivateKey, type KeyObject } from 'node:crypto';

const EXPONENT = 65537n;
const PRIME_BYTES = 128;

/**
 * Derives a 2048-bit RSA key from a text. `generateKeyPair()` cannot do this, and a mock with the same seed must publish
 * the same keys.
 */
export function deriveRsaKey(text: string): KeyObject {
  const candidates = createBytes(text);
  const p = nextPrime(candidates);
  let q = nextPrime(candidates);
  while (q === p) q = nextPrime(candidates);
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const numbers = {
    n: p * q,
    e: EXPONENT,
    ...{ d, p, q },
    dp: d % (p - 1n),
    dq: d % (q - 1n),
    qi: inverse(q, p),
  };
  const members = Object.entries(numbers).map(([name, value]) => [name, base64url(value)]);
  return createPrivateKey({ format: 'jwk', key: { kty: 'RSA', ...Object.fromEntries(members) } });
}

function createBytes(text: string): () => Buffer {
  let count = 0;
  return () => {
    const blocks = Array.from({ length: PRIME_BYTES / 32 }, () => {
      count += 1;
      return createHash('sha256').update(`${count} ${text}`).digest();
    });
    return Buffer.concat(blocks);
  };
}

function nextPrime(candidates: () => Buffer): bigint {
  for (;;) {
    const bytes = candidates();
    // With the two highest bits set, the product of two primes always has 2048 bits.
    bytes.writeUInt8(bytes.readUInt8(0) | 0xc0, 0);
    bytes.writeUInt8(bytes.readUInt8(PRIME_BYTES - 1) | 1, PRIME_BYTES - 1);
    const prime = BigInt(`0x${bytes.toString('hex')}`);
    if (prime % EXPONENT !== 1n && checkPrimeSync(bytes)) return prime;
  }
}

/** Returns the inverse of a number by the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, rest] = [modulus, value % modulus];
  let [before, factor] = [0n, 1n];
  while (rest > 1n) {
    const quotient = previous / rest;
    [previous, rest] = [rest, previous % rest];
    [before, factor] = [factor, before - quotient * factor];
  }
  return ((factor % modulus) + modulus) % modulus;
}

function base64url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
}
