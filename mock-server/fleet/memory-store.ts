import { randomUUID } from 'node:crypto';
import type { SavedPart } from '../journal/fold.ts';
import { createMemoryLog, type Later } from './memory-log.ts';
import { createMemoryWorkQueue } from './memory-work-queue.ts';
import type { FleetSnapshot, SnapshotStore } from './snapshot-store.ts';
import type { Store } from './store.ts';
import { mismatch } from './store-errors.ts';

/** A store for replicas in one process, for tests and simulations. */
export interface MemoryStore extends Store {
  /** Ends a replica as a crash would: nothing that it does from now on has an effect. */
  crash(replica: string): void;
}

export interface MemoryStoreOptions {
  /** The time of the store; that of this process by default. */
  readonly now?: () => number;
  /** When readers and workers get what is there for them; in the next turn of the event loop by default. */
  readonly later?: Later;
}

export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const { now = Date.now, later = (run) => void setImmediate(run) } = options;
  const log = createMemoryLog({ now, later });
  const queue = createMemoryWorkQueue(later);
  const snapshots = createMemorySnapshots();
  const live = new Set<string>();
  const epoch = randomUUID();
  let joined = 0;
  let expected: string | null = null;

  function leave(replica: string): void {
    live.delete(replica);
    queue.cut(replica);
    log.cut(replica);
  }

  return {
    async join(fingerprint) {
      expected ??= fingerprint;
      if (fingerprint !== expected) throw mismatch();
      joined += 1;
      const replica = `r${joined}`;
      live.add(replica);
      return {
        replica,
        epoch,
        log: log.commandsOf(replica),
        work: queue.of(replica),
        members: {
          live: async () => [...live].sort(),
          get known() {
            return [...live].sort();
          },
          get isCurrent() {
            return live.has(replica);
          },
          async leave() {
            live.delete(replica);
          },
        },
        observations: log.observationsOf(replica),
        snapshots,
        async close() {
          leave(replica);
        },
      };
    },
    crash: leave,
  };
}

function createMemorySnapshots(): SnapshotStore {
  let kept: { readonly seq: number; readonly text: string }[] = [];
  return {
    claim: async () => true,
    async save({ parts, ...rest }) {
      const text = JSON.stringify({ ...rest, parts: [...parts] });
      kept = [...kept.slice(-1), { seq: rest.seq, text }];
      return kept[0]?.seq ?? 0;
    },
    async latest() {
      const text = kept.at(-1)?.text;
      return text === undefined
        ? null
        : (JSON.parse(text) as FleetSnapshot & { readonly parts: readonly SavedPart[] });
    },
  };
}
