import { CodedError } from './core/coded-error.ts';
import { didYouMean } from './core/did-you-mean.ts';
import type { MockServerOptions } from './options.ts';
import type { PackCheck } from './packs/check/check-pack.ts';
import { builtInPackDirs, loadPack } from './packs/load-pack.ts';
import type { Pack } from './packs/pack.ts';

/**
 * Loads, checks and compiles packs.
 * @throws {CodedError} PACK_UNREADABLE or PACK_INVALID when a pack is not usable; PROFILE_UNKNOWN when none of the
 * packs has the profile; OPTION_INVALID when a pack of `only` does not exist
 */
export function loadPacks(
  options: Pick<MockServerOptions, 'packs' | 'builtIn' | 'profile' | 'only'> = {},
): Pack[] {
  const dirs = [...(options.builtIn === false ? [] : builtInPackDirs()), ...(options.packs ?? [])];
  const loaded = choosePacks(
    dirs.map((dir) => loadPack(dir)),
    options.only,
  );
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

/** Returns the packs with these names. @throws {CodedError} OPTION_INVALID */
function choosePacks(packs: Pack[], only: MockServerOptions['only']): Pack[] {
  if (only === undefined) return packs;
  const names = packs.map(({ name }) => name);
  if (!Array.isArray(only) || only.length === 0) {
    throw new CodedError('OPTION_INVALID', 'only must be a list of at least one name of a pack');
  }
  for (const name of only) {
    if (names.includes(name)) continue;
    throw new CodedError(
      'OPTION_INVALID',
      `the pack "${name}" in only does not exist`,
      didYouMean(String(name), names, `Use one of: ${names.join(', ')}.`, 2),
    );
  }
  return packs.filter(({ name }) => only.includes(name));
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
