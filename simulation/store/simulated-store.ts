import type { Membership, Store } from '../../mock-server/fleet/store.ts';
import { mismatch } from '../../mock-server/fleet/store-errors.ts';
import type { Chance } from '../chance.ts';
import type { Host } from '../host.ts';
import type { Schedule } from '../schedule.ts';
import { createLogClient } from './log-client.ts';
import { createLogServer, type LogServer } from './log-server.ts';
import { createMemberServer } from './member-server.ts';
import {
  createSnapshotServer,
  parseSnapshot,
  type SavedText,
  type SnapshotServer,
} from './snapshot-server.ts';
import { createWorkServer } from './work-server.ts';

/** A store with the promises of a real one and no others, on simulated time. */
export interface SimulatedStore {
  /** The store as the processes of a host see it. */
  from(host: Host): Store;
  /** The same with a certain snapshot, and with all commands after it even if they were trimmed. */
  fromSnapshot(host: Host, saved: SavedText): Store;
  readonly log: LogServer;
  readonly snapshots: SnapshotServer;
}

export interface SimulatedStoreOptions {
  readonly schedule: Schedule;
  readonly chance: Chance;
  readonly snapshotAfter: number;
}

export function createSimulatedStore({
  schedule,
  chance,
  snapshotAfter,
}: SimulatedStoreOptions): SimulatedStore {
  const now = (): number => schedule.now;
  const log = createLogServer(now);
  const work = createWorkServer(schedule, chance);
  const members = createMemberServer(now);
  const snapshots = createSnapshotServer({ now, count: () => log.count, after: snapshotAfter });
  let joined = 0;
  let batches = 0;
  let expected: string | null = null;

  function join(host: Host, fingerprint: string, server: LogServer): Membership {
    expected ??= fingerprint;
    if (fingerprint !== expected) throw mismatch();
    joined += 1;
    const replica = `r${joined}`;
    const commands = createLogClient({ replica, server, host, chance, now });
    const queue = work.of(replica, host);
    return {
      replica,
      epoch: 'simulated',
      log: commands,
      work: queue,
      members: members.of(replica, host),
      observations: {
        append(observations) {
          batches += 1;
          const id = `${replica}-${batches}`;
          return host.call(() => log.observe(id, observations));
        },
        read: (after) => host.call(() => log.observed(after)),
      },
      snapshots: snapshots.of(replica, host),
      async close() {
        await queue.close();
        await commands.close();
      },
    };
  }

  return {
    from: (host) => ({ join: async (fingerprint) => join(host, fingerprint, log) }),
    fromSnapshot: (host, { text }) => ({
      async join(fingerprint) {
        const membership = join(host, fingerprint, log.untrimmed);
        const latest = async () => parseSnapshot(text);
        return { ...membership, snapshots: { ...membership.snapshots, latest } };
      },
    }),
    log,
    snapshots,
  };
}
