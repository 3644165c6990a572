import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from './core/random.ts';
import type { Settings } from './engine/settings.ts';
import type { Pack } from './packs/pack.ts';

/** Identifies what must be equal in all replicas, because each of them computes the same state from it. */
export function fleetFingerprint(settings: Settings, packs: readonly Pack[]): string {
  const contents = packs.map(({ name, profile, dir }) => [name, profile, filesIn(dir)]);
  return digest(JSON.stringify([settings, contents]));
}

/** Returns the contents of the files of a pack. */
function filesIn(dir: string): string[] {
  const names = readdirSync(dir).filter((name) => /\.(ya?ml|json)$/.test(name));
  return names.sort().map((name) => `${name} ${digest(readFileSync(join(dir, name), 'utf8'))}`);
}
