import { CodedError } from './core/coded-error.ts';
import type { MockServerOptions } from './options.ts';
import type { PackCheck } from './packs/check/check-pack.ts';
import { builtInPackDirs, loadPack } from './packs/load-pack.ts';
import type { Pack } from './packs/pack.ts';

/**
 * Loads, checks and compiles packs.
 * @throws {CodedError} PACK_UNREADABLE or PACK_INVALID when a pack is not usable; PROFILE_UNKNOWN when none of the
 * packs has the profile
 */
export function loadPacks(options: Pick<MockServerOptions, 'packs' | 'builtIn' | 'profile'> = {}): Pack[] {
  const dirs = [...(options.builtIn === false ? [] : builtInPackDirs()), ...(options.packs ?? [])];
  const loaded = dirs.map((dir) => loadPack(dir));
  const { profile } = options;
  if (profile === undefined) return loaded;
  if (!loaded.some(({ profiles }) => profiles.includes(profile))) {
    const known = [...new Set(loaded.flatMap(({ profiles }) => profiles))].join(', ');
    throw new CodedError('PROFILE_UNKNOWN', `unknown profile "${profile}"`, `Use one of: ${known}.`);
  }
  return loaded.map((pack) =>
    pack.profiles.includes(profile) && pack.profile !== profile ? loadPack(pack.dir, profile) : pack,
  );
}

/**
 * Checks a pack in every profile, including every answer and callback that its tasks can have.
 * @throws {CodedError} PACK_UNREADABLE when the folder or its files cannot be read
 */
export async function checkPack(dir: string): Promise<PackCheck> {
  // Loaded here, because a server does not need it.
  const { checkPack: check } = await import('./packs/check/check-pack.ts');
  return check(dir);
}
