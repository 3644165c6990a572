import { networkInterfaces } from 'node:os';
import { classify, unwrap, within } from './address-class.ts';

/** Checks whether callbacks may be sent to the addresses of this machine. */
export interface OwnHost {
  /** Returns whether callbacks to this address and port are blocked. The port is null when unknown. */
  isClosed(address: string, port: number | null): boolean;
  /** Changes whenever earlier results no longer apply. */
  readonly version: number;
}

/** Interfaces can change, so their addresses are read again after this time. */
const READ_EVERY_MS = 5000;

/**
 * Creates the check. It prevents other machines from submitting callback URLs that only this machine can reach, such
 * as a database on loopback.
 * @param exposedAt the port on which other machines can submit tasks; null while they cannot
 */
export function createOwnHost(exposedAt: () => number | null, interfaces = networkInterfaces): OwnHost {
  let port = exposedAt();
  let version = 0;
  let addresses = '';
  let isInterface: (address: string) => boolean = () => false;
  let readAt = Number.NEGATIVE_INFINITY;

  function refresh(): void {
    const current = exposedAt();
    if (current !== port) {
      port = current;
      version += 1;
    }
    if (port === null || performance.now() - readAt < READ_EVERY_MS) return;
    readAt = performance.now();
    const found = Object.values(interfaces()).flatMap((list) => list ?? []);
    const plain = found.map(({ address }) => address.replace(/%.*$/, ''));
    if (plain.join() === addresses) return;
    addresses = plain.join();
    isInterface = within(...plain.map((address) => `${address}/${address.includes(':') ? 128 : 32}`));
    version += 1;
  }

  return {
    isClosed(address, target) {
      refresh();
      // Other machines can reach the mock's own port anyway, and it serves the sink.
      if (port === null || target === port) return false;
      const plain = unwrap(address);
      return classify(plain) === 'loopback' || isInterface(plain);
    },
    get version() {
      refresh();
      return version;
    },
  };
}
