import type { Courier } from '../mock-server/delivery/courier.ts';
import type { AttemptKey, Commands } from '../mock-server/engine/commands.ts';
import { createEngine, type Engine } from '../mock-server/engine/engine.ts';
import type { Settings } from '../mock-server/engine/settings.ts';
import { createFleet, type Fleet } from '../mock-server/fleet/fleet.ts';
import type { Membership, Store } from '../mock-server/fleet/store.ts';
import { createByteBudget } from '../mock-server/journal/byte-budget.ts';
import { createJournal, type Journal } from '../mock-server/journal/journal.ts';
import { createSecrets } from '../mock-server/journal/secrets.ts';
import type { LoadedPacks } from '../mock-server/packs/loaded-packs.ts';
import type { Host } from './host.ts';
import type { Tampering } from './tampering.ts';

/** One replica of the simulated fleet: the product from its engine up to its commands. */
export interface Replica {
  readonly host: Host;
  readonly engine: Engine;
  readonly journal: Journal;
  readonly commands: Commands;
  readonly fleet: Fleet;
  /** Joins the others. @param onSnapshot called with the place at which it starts */
  join(onStart: (replica: string, after: number) => void): Promise<void>;
  readonly hasJoined: boolean;
}

export interface ReplicaOptions {
  readonly host: Host;
  readonly store: Store;
  readonly packs: LoadedPacks;
  readonly settings: Settings;
  readonly now: () => number;
  readonly tampering: Tampering;
  courierFor(begun: () => AttemptKey | null): Courier;
}

export function createReplica(options: ReplicaOptions): Replica {
  const { host, packs, now, tampering } = options;
  const settings = tampering.settings?.(options.settings) ?? options.settings;
  const secrets = createSecrets();
  const fleet = createFleet({
    ...{ mode: settings.clock, startAt: settings.startAt, secrets, observed: secrets },
    timers: { every: host.every, after: host.after },
    alarmOf: (_now, ring) => createAlarm(host, now, ring),
  });
  const { clock, shared, dispatch } = fleet;
  const budget = createByteBudget(settings.keepBytes);
  const journal = createJournal({
    ...{ now: clock.now, wallNow: clock.wallNow, keep: settings.keep, file: null },
    ...{ secrets: createSecrets(), budget, shared },
  });
  const engine = createEngine({
    ...{ packs: packs.byName, clock, journal, settings, budget, dispatch, every: host.every },
    ...{ courier: fleet.courier, countsDownloads: false },
  });
  const commands = tampering.commands?.(fleet.commands) ?? fleet.commands;
  let begun: AttemptKey | null = null;
  let hasJoined = false;

  return {
    ...{ host, engine, journal, commands, fleet },
    async join(onStart) {
      const watched = watchStore(options.store, tampering, onStart, (key) => {
        begun = key;
      });
      const courier = options.courierFor(() => begun);
      await fleet.join({
        ...{ store: watched, fingerprint: 'same', engine, journal, packs: packs.byName },
        ...{ courier: tampering.courier?.(courier) ?? courier, snapshotAfter: 1 },
      });
      hasJoined = true;
    },
    get hasJoined() {
      return hasJoined;
    },
  };
}

/** Notes where a replica starts, and which attempt it asked to begin. */
function watchStore(
  store: Store,
  { membership: tamper }: Tampering,
  onStart: (replica: string, after: number) => void,
  onBegin: (key: AttemptKey) => void,
): Store {
  return {
    async join(fingerprint) {
      const real = await store.join(fingerprint);
      const { log, replica } = real;
      const watched: Membership = {
        ...real,
        log: {
          ...log,
          get trouble() {
            return log.trouble;
          },
          append(n, command) {
            if (command.type === 'begin-attempt') onBegin(command);
            return log.append(n, command);
          },
          open(after, apply) {
            onStart(replica, after);
            return log.open(after, apply);
          },
        },
      };
      return tamper?.(watched) ?? watched;
    },
  };
}

function createAlarm(host: Host, now: () => number, ring: () => void) {
  let setFor: number | null = null;
  return {
    set(at: number | null): void {
      if (at === setFor) return;
      setFor = at;
      if (at === null) return;
      host.after(Math.max(1, at - now()), () => {
        if (setFor !== at) return;
        setFor = null;
        ring();
      });
    },
  };
}
