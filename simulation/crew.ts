import type { Settings } from '../mock-server/engine/settings.ts';
import type { Store } from '../mock-server/fleet/store.ts';
import type { LoadedPacks } from '../mock-server/packs/loaded-packs.ts';
import type { Chance } from './chance.ts';
import type { Fate } from './deeds.ts';
import { createHost, type Host } from './host.ts';
import type { StateStream, Watched } from './invariants/state-stream.ts';
import type { Report } from './invariants/violation.ts';
import type { Receivers } from './receivers.ts';
import { createReplica, type Replica } from './replica.ts';
import type { Schedule } from './schedule.ts';
import type { SimulatedStore } from './store/simulated-store.ts';
import type { SavedText } from './store/snapshot-server.ts';
import type { Tampering } from './tampering.ts';

/** The replicas of a simulated fleet, dead or alive. */
export interface Crew {
  start(): void;
  /** Starts a replica from a certain snapshot. */
  startFrom(saved: SavedText): void;
  /** The replicas that have joined, and have not crashed or left. */
  ready(): readonly Member[];
  suffer(fate: Fate): void;
  readonly starts: number;
}

export interface Member extends Replica {
  /** Its entries, compared with those of the others. */
  readonly watched: Watched | null;
}

export interface CrewOptions {
  readonly schedule: Schedule;
  readonly chance: Chance;
  readonly store: SimulatedStore;
  readonly packs: LoadedPacks;
  readonly settings: Settings;
  readonly tampering: Tampering;
  readonly receivers: Receivers;
  readonly stream: StateStream;
  readonly report: Report;
}

/** Time until a replica that has ended is started again. */
const RESTART_MS = 1_000;

export function createCrew(options: CrewOptions): Crew {
  const { schedule, chance, store, receivers, stream, report } = options;
  const members = new Set<Member>();
  let starts = 0;

  const start = (): void => startWith((host) => store.from(host));

  function startWith(from: (host: Host) => Store): void {
    starts += 1;
    const host = createHost(schedule, chance);
    const replica = createReplica({
      ...options,
      host,
      store: from(host),
      now: () => schedule.now,
      courierFor: (begun) => receivers.courierFor(host, begun),
    });
    let watched: Watched | null = null;
    const member = withWatched(replica, () => watched);
    members.add(member);
    const watch = (name: string, after: number): void => {
      watched = stream.watch(name, replica.journal, after);
    };
    member.join(watch).catch((error: unknown) => {
      members.delete(member);
      // A replica that cannot reach the store ends, and is started again by whoever watches over it.
      if (host.wasDisturbed) schedule.after(RESTART_MS, start);
      else report('sound', `a replica could not join: ${String(error)}`);
    });
  }

  function ready(): Member[] {
    for (const member of members) {
      if (member.host.isAlive) continue;
      members.delete(member);
      schedule.after(RESTART_MS, start);
    }
    return [...members].filter(({ hasJoined }) => hasJoined);
  }

  async function leave(member: Member): Promise<void> {
    members.delete(member);
    await member.fleet.drain();
    await member.fleet.close();
    member.host.crash();
  }

  return {
    start,
    startFrom: (saved) => startWith((host) => store.fromSnapshot(host, saved)),
    ready,
    suffer(fate) {
      if (fate.type === 'start') return start();
      const all = [...members];
      const member = all[fate.on % Math.max(1, all.length)];
      if (member === undefined) return;
      if (fate.type === 'pause') member.host.pause(fate.durationMs);
      else if (fate.type === 'disconnect') member.host.disconnect(fate.durationMs);
      else if (fate.type === 'leave') void leave(member);
      else {
        member.host.crash();
        members.delete(member);
      }
    },
    get starts() {
      return starts;
    },
  };
}

/** Keeps the getters of the replica. */
function withWatched(replica: Replica, watched: () => Watched | null): Member {
  return Object.defineProperty(replica, 'watched', { get: watched }) as Member;
}
