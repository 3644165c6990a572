import { LEASE_MS, type Members } from '../../mock-server/fleet/members.ts';
import type { Host } from '../host.ts';

/** The leases of the replicas in the simulated store. */
export interface MemberServer {
  of(replica: string, host: Host): Members;
}

const RENEW_MS = 500;

export function createMemberServer(now: () => number): MemberServer {
  const leases = new Map<string, number>();

  function live(): readonly string[] {
    for (const [replica, until] of leases) if (until <= now()) leases.delete(replica);
    return [...leases.keys()].sort();
  }

  return {
    of(replica, host) {
      let known: readonly string[] = [];
      let currentUntil = 0;
      let hasLeft = false;
      const renew = (): void => {
        if (hasLeft) return;
        const sentAt = now();
        host
          .call(() => {
            if (!hasLeft) leases.set(replica, now() + LEASE_MS);
            return live();
          })
          .then(
            (replicas) => {
              known = replicas;
              // Counted from the request, so that it ends here before it ends in the store.
              currentUntil = sentAt + LEASE_MS;
            },
            () => undefined,
          );
      };
      leases.set(replica, now() + LEASE_MS);
      known = live();
      currentUntil = now() + LEASE_MS;
      host.every(RENEW_MS, renew);
      return {
        live: () => host.call(live),
        get known() {
          return known;
        },
        get isCurrent() {
          return now() < currentUntil;
        },
        leave() {
          hasLeft = true;
          return host.call(() => void leases.delete(replica));
        },
      };
    },
  };
}
