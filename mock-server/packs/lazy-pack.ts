import type { Pack } from './pack.ts';
import type { PackSummary } from './prepared-packs.ts';

/** The parts of a pack that are known before it is compiled. */
export type KnownParts = PackSummary & Pick<Pack, 'dir' | 'profile' | 'profiles' | 'documentPath'>;

/** The parts that are compiled together, in the order of a compiled pack. */
const COMPILED = [
  'document',
  'kinds',
  'operations',
  'events',
  'failures',
  'errors',
  'media',
  'aliases',
  'delivery',
  'callbackHeaders',
  'signer',
  'handshake',
  'webhooks',
  'uploads',
  'pages',
  'facts',
  'rate',
  'clients',
  'bodyLimit',
] as const satisfies readonly Exclude<keyof Pack, keyof KnownParts>[];

/**
 * Creates a pack that is compiled when a part other than the known ones is first read, so that a start does not wait
 * for packs that no call addresses.
 * @param compile must not fail, because the pack counts as valid
 */
export function lazyPack(known: KnownParts, compile: () => Pack): Pack {
  let compiled: Pack | undefined;
  const pack = { ...known };
  for (const part of COMPILED) {
    Object.defineProperty(pack, part, {
      configurable: true,
      enumerable: true,
      get() {
        compiled ??= compile();
        return compiled[part];
      },
    });
  }
  return pack as Pack;
}
