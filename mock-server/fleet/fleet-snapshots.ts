import type { Engine } from '../engine/engine.ts';
import type { SavedPart } from '../journal/fold.ts';
import type { Journal, RemovedEntries } from '../journal/journal.ts';
import { OBSERVATIONS } from '../journal/journal-entry.ts';
import type { PlanPacker } from '../journal/packed-plan.ts';
import { closeEntry, type OpenEntry, openEntry } from '../journal/unpack-entry.ts';
import type { Applier, Move } from './applier.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetCourier, SavedAttempt } from './fleet-courier.ts';
import type { FleetReadCounts } from './read-counts.ts';
import type { SavedClock } from './shared-time.ts';
import type { FleetSnapshot } from './snapshot-store.ts';

/** What a replica needs in addition to its folds. */
interface SavedReplica {
  readonly clock: SavedClock;
  readonly move: Move | null;
  readonly removed: RemovedEntries;
  readonly schedule: ReturnType<Engine['schedule']['save']>;
  readonly attempts: readonly SavedAttempt[];
  readonly counts: ReturnType<FleetReadCounts['save']>;
}

export interface FleetState {
  readonly engine: Pick<Engine, 'tasks' | 'schedule' | 'deliveries'>;
  readonly journal: Pick<
    Journal,
    'save' | 'load' | 'list' | 'kept' | 'secrets' | 'removed' | 'continueWithout'
  >;
  readonly packer: PlanPacker;
  readonly clock: Pick<FleetClock, 'save' | 'load'>;
  readonly applier: Pick<Applier, 'move' | 'load'>;
  readonly attempts: Pick<FleetCourier, 'save' | 'load'>;
  readonly counts: Pick<FleetReadCounts, 'save' | 'load'>;
}

const REPLICA = 'replica';
const LISTING = 'listing';
const LISTED_AT_ONCE = 500;

/** Captures the state at the time of the call. The parts are read while further commands are applied. */
export function saveFleet({
  engine,
  journal,
  clock,
  applier,
  attempts,
  counts,
}: FleetState): Iterable<SavedPart> {
  const replica: SavedReplica = {
    clock: clock.save(),
    move: applier.move,
    removed: journal.removed,
    schedule: engine.schedule.save(),
    attempts: attempts.save(),
    counts: counts.save(),
  };
  const listed = journal.kept().filter(({ type }) => !OBSERVATIONS.has(type));
  const folds = journal.save();
  function* parts(): Iterable<SavedPart> {
    yield* folds;
    for (let at = 0; at < listed.length; at += LISTED_AT_ONCE) {
      const some = listed.slice(at, at + LISTED_AT_ONCE);
      yield [LISTING, some.map((entry) => openEntry(entry, journal.secrets))];
    }
    yield [REPLICA, replica];
  }
  return parts();
}

/** Continues from a snapshot. */
export function loadFleet({ parts }: FleetSnapshot, state: FleetState): void {
  const { engine, journal, packer, clock, applier, attempts, counts } = state;
  let replica: SavedReplica | null = null;
  const listed: OpenEntry[] = [];
  for (const [name, part] of parts) {
    if (name === REPLICA) replica = part as SavedReplica;
    else if (name === LISTING) listed.push(...(part as readonly OpenEntry[]));
    else journal.load([name, part]);
  }
  if (replica === null) throw new Error('the snapshot has no state of a replica');
  journal.continueWithout(replica.removed);
  for (const entry of listed) journal.list(closeEntry(entry, packer));
  clock.load(replica.clock);
  applier.load(replica.move);
  engine.schedule.load(replica.schedule);
  counts.load(replica.counts);
  for (const saved of replica.attempts) {
    const task = engine.tasks.get(saved.taskId);
    if (task !== undefined) attempts.load(saved, () => engine.deliveries.resume(task, saved.deliveryId));
  }
}
