import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPack, loadPacks } from './load-packs.ts';
import { PACKAGE_ROOT } from './packs/package-root.ts';

const ACME = join(PACKAGE_ROOT, 'fixtures/packs/acme-video');

describe('loadPacks()', () => {
  it('loads the built-in packs, then those of the folders', () => {
    const builtIn = loadPacks().map(({ name }) => name);
    const all = loadPacks({ packs: [ACME] }).map(({ name }) => name);
    expect(builtIn.length).toBeGreaterThan(1);
    expect(all.slice(0, -1)).toEqual(builtIn);
    expect(loadPacks({ packs: [ACME], builtIn: false }).map(({ dir }) => dir)).toEqual([ACME]);
  });

  it('uses a profile where a pack has it, and the first one elsewhere', () => {
    const loaded = loadPacks({ packs: [ACME], profile: 'observed' });
    expect(loaded.some(({ profile }) => profile === 'observed')).toBe(true);
    for (const { profile, profiles } of loaded) {
      expect(profile).toBe(profiles.includes('observed') ? 'observed' : profiles[0]);
    }
  });

  it('rejects a profile that none of the packs has', () => {
    expect(() => loadPacks({ profile: 'imaginary' })).toThrow(
      expect.objectContaining({ code: 'PROFILE_UNKNOWN', remedy: expect.stringContaining('documented') }),
    );
  });
});

describe('checkPack()', () => {
  it('rejects a folder that does not exist', async () => {
    await expect(checkPack(join(ACME, 'nowhere'))).rejects.toMatchObject({ code: 'PACK_UNREADABLE' });
  });
});
