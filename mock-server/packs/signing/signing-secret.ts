import { createHash } from 'node:crypto';
import type { Signer } from './signer.ts';

interface SigningSettings {
  /** Configured secret; null without one. */
  readonly secret: string | null;
  /** Seed of the run; default: that of a mock without a seed. */
  readonly seed?: string;
}

/** Seed of a mock that was started without one. */
const DEFAULT_SEED = '1';

/** Returns the secret that a pack's callbacks are signed with; null when they are not signed. */
export function signingSecretOf(
  { signer }: { readonly signer: Signer | null },
  { secret, seed = DEFAULT_SEED }: SigningSettings,
): string | null {
  if (signer === null) return null;
  return secret ?? (signer.isAlways ? secretOfSeed(seed) : null);
}

/** Returns the secret of vendors that always sign, for a mock without a configured one. */
export function secretOfSeed(seed: string): string {
  return `whsec_${createHash('sha256').update(`signing secret ${seed}`).digest('base64')}`;
}
