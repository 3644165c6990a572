import { existsSync } from 'node:fs';

/** Name of the configuration file that is used if it exists in the current folder. */
export const CONFIG_FILE = 'stuntdouble.config.yaml';

/** Returns the configuration file to use: the one that was chosen, or the one of the current folder. */
export function configFileFor(chosen: unknown): string | null {
  if (typeof chosen === 'string') return chosen;
  return existsSync(CONFIG_FILE) ? CONFIG_FILE : null;
}
