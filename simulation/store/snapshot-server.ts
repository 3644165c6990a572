import type { FleetSnapshot, SnapshotStore } from '../../mock-server/fleet/snapshot-store.ts';
import type { SavedPart } from '../../mock-server/journal/fold.ts';
import type { Host } from '../host.ts';

/** The snapshots of a simulated fleet. */
export interface SnapshotServer {
  of(replica: string, host: Host): SnapshotStore;
  /** All snapshots so far, as text, the oldest first. */
  readonly all: readonly SavedText[];
  /** From now on, no snapshots are written. */
  pause(): void;
  /** From now on, every replica writes a snapshot of its state after its next command, which is not kept for others. */
  compareNow(): void;
  /** The states that replicas have written since then. */
  readonly compared: ReadonlyMap<string, SavedText>;
}

export interface SavedText {
  readonly seq: number;
  readonly text: string;
}

export interface SnapshotServerOptions {
  readonly now: () => number;
  /** The number of commands so far. */
  readonly count: () => number;
  /** Commands after which another snapshot may be written. */
  readonly after: number;
}

/** Parts of a snapshot that are read at once, before further commands may be applied. */
const PARTS_AT_ONCE = 8;
const LOCK_MS = 10_000;

export function createSnapshotServer({ now, count, after }: SnapshotServerOptions): SnapshotServer {
  const all: SavedText[] = [];
  const compared = new Map<string, SavedText>();
  let isPaused = false;
  let isComparing = false;
  let lockedUntil = 0;
  let countAtLast = 0;

  function claim(): boolean {
    if (isComparing) return true;
    if (isPaused || now() < lockedUntil || count() - countAtLast < after) return false;
    lockedUntil = now() + LOCK_MS;
    return true;
  }

  function keep(saved: SavedText): number {
    all.push(saved);
    countAtLast = count();
    lockedUntil = 0;
    return all.at(-2)?.seq ?? saved.seq;
  }

  return {
    all,
    compared,
    pause() {
      isPaused = true;
    },
    compareNow() {
      isComparing = true;
    },
    of: (replica, host) => ({
      // Asked after every command, so it does not go through the network.
      claim: async () => claim(),
      async save(snapshot) {
        const { seq } = snapshot;
        if (isComparing) {
          if (!compared.has(replica)) compared.set(replica, { seq, text: await textOf(snapshot, null) });
          return 0;
        }
        const text = await textOf(snapshot, host);
        return host.call(() => keep({ seq, text }));
      },
      latest: () =>
        host.call(() => {
          const text = all.at(-1)?.text;
          return text === undefined ? null : parseSnapshot(text);
        }),
    }),
  };
}

export function parseSnapshot(text: string): FleetSnapshot {
  return JSON.parse(text) as FleetSnapshot & { readonly parts: readonly SavedPart[] };
}

/** Reads the parts of a snapshot, while commands are applied in between. */
async function textOf({ parts, ...rest }: FleetSnapshot, host: Host | null): Promise<string> {
  const texts: string[] = [];
  for (const part of parts) {
    texts.push(JSON.stringify(part));
    if (host !== null && texts.length % PARTS_AT_ONCE === 0)
      await new Promise<void>((go) => host.after(1, go));
  }
  return `${JSON.stringify(rest).slice(0, -1)},"parts":[${texts.join()}]}`;
}
