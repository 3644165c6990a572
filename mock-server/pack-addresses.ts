import { CodedError } from './core/coded-error.ts';
import { didYouMean } from './core/did-you-mean.ts';
import type { Router } from './http/vendor/router.ts';
import type { MockServer, PackAddress } from './mock-server.ts';
import type { Pack } from './packs/pack.ts';

/** The URLs of packs on the server of a mock. */
export interface PackAddresses {
  readonly urlOf: MockServer['urlOf'];
  list(): PackAddress[];
  /** Returns the URL that clients of a pack use by default: that of the mock if the pack is at the root. */
  originOf(pack: Pack): string;
}

/** @param url returns the base URL of the mock */
export function createPackAddresses(router: Pick<Router, 'places'>, url: () => string): PackAddresses {
  return {
    urlOf(name) {
      const place = router.places.find(({ pack }) => pack.name === name);
      if (place !== undefined) return url() + place.base;
      const names = router.places.map(({ pack }) => pack.name);
      throw new CodedError(
        'OPTION_INVALID',
        `the pack "${name}" is not loaded`,
        didYouMean(String(name), names, `Use one of: ${names.join(', ')}.`, 2),
      );
    },
    list: () =>
      router.places.map(({ pack, base, bases, displacedBy }) => ({
        pack: pack.name,
        url: url() + base,
        isAtRoot: bases.includes(''),
        displacedBy,
      })),
    originOf({ name }) {
      const [base = ''] = router.places.find(({ pack }) => pack.name === name)?.bases ?? [];
      return url() + base;
    },
  };
}
