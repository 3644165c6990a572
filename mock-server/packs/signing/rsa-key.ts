import { checkPrimeSync, createHash, createPrivateKey, type KeyObject } from 'node:crypto';

const EXPONENT = 65537n;
const PRIME_BYTES = 128;

/**
 * Derives a 2048-bit RSA key from a text. `generateKeyPair()` cannot do this, and a mock with the same seed must publish
 * the same keys.
 */
export function deriveRsaKey(text: string): KeyObject {
  const p = derivePrime(`p ${text}`);
  const q = derivePrime(`q ${text}`);
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

/** Returns the first suitable prime at or after the number that a text gives. */
function derivePrime(text: string): bigint {
  const blocks = Array.from({ length: PRIME_BYTES / 32 }, (_, index) =>
    createHash('sha256').update(`${index} ${text}`).digest(),
  );
  const start = Buffer.concat(blocks);
  // With the two highest bits set, the product of two primes always has 2048 bits.
  start.writeUInt8(start.readUInt8(0) | 0xc0, 0);
  start.writeUInt8(start.readUInt8(PRIME_BYTES - 1) | 1, PRIME_BYTES - 1);
  const first = BigInt(`0x${start.toString('hex')}`);
  const divisors = smallPrimes();
  const remainders = divisors.map((divisor) => Number(first % BigInt(divisor)));
  for (let add = 0; ; add += 2) {
    // Most candidates have a small divisor, which this finds much faster than the complete test.
    if (divisors.some((divisor, index) => ((remainders[index] ?? 0) + add) % divisor === 0)) continue;
    const candidate = first + BigInt(add);
    if (candidate % EXPONENT !== 1n && checkPrimeSync(candidate)) return candidate;
  }
}

function smallPrimes(): number[] {
  const found: number[] = [];
  for (let n = 3; n < 10_000; n += 2) {
    if (!found.some((prime) => n % prime === 0)) found.push(n);
  }
  return found;
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
