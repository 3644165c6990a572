import { networkInterfaces } from 'node:os';
import { classify, unwrap, within } from './address-class.ts';

/** The addresses of this machine, and whether callbacks may go there. */
export interface OwnHost {
  /** Whether callbacks to this address and port are closed. The port is null where it is not known. */
  isClosed(address: string, port: number | null): boolean;
  /** Changes whenever earlier answers no longer apply. */
  readonly version: number;
}

/** Interfaces come and go: their addresses are read again after this long. */
const READ_EVERY_MS = 5000;

/**
 * @param exposedAt the port at which anyone beyond this machine may submit tasks; null while nobody else can. Without
 * this, a stranger could name a callback URL that only this machine reaches, such as a database on loopback.
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
      // Where it listens it can be reached anyway, and its own sink is there.
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
