import { CodedError } from './core/coded-error.ts';
import { didYouMean } from './core/did-you-mean.ts';
import type { MockServerOptions } from './options.ts';
import type { Pack } from './packs/pack.ts';

/** Rejects a prefix for a pack that is not loaded, because it would have no effect. @throws {CodedError} OPTION_INVALID */
export function checkMounts(mounts: MockServerOptions['mounts'], packs: readonly Pack[]): void {
  const names = packs.map(({ name }) => name);
  if (mounts !== undefined && (typeof mounts !== 'object' || mounts === null)) {
    throw new CodedError('OPTION_INVALID', 'mounts must be an object, like { acme: "/acme" }');
  }
  for (const [name, prefix] of Object.entries(mounts ?? {})) {
    if (!names.includes(name)) {
      throw new CodedError(
        'OPTION_INVALID',
        `the pack "${name}" in mounts is not loaded`,
        didYouMean(name, names, `Use one of: ${names.join(', ')}.`, 2),
      );
    }
    if (typeof prefix !== 'string' || !/^(\/[^/\s?#]+)+$/.test(prefix)) {
      throw new CodedError(
        'OPTION_INVALID',
        `the prefix of ${name} in mounts must begin with a slash and must not end with one, got ${JSON.stringify(prefix)}`,
        `Write it like /${name}.`,
      );
    }
  }
}
