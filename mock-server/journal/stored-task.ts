import type { Attempt, DeliveryId, DeliveryStatus, Plan, PlannedDelivery } from '../core/types.ts';
import type { MediaServed, PackedEntry } from './journal-entry.ts';
import { type PackedPlan, sharedOf, unpackPlan } from './packed-plan.ts';

/** The progress of a delivery. */
export interface DeliveryProgress {
  readonly attempts: readonly Attempt[];
  /** The number of attempts, without those interrupted by the mock itself. */
  readonly made: number;
  readonly status: DeliveryStatus;
  /** The attempt in flight, or null. */
  readonly inFlight: Pick<Attempt, 'n' | 'at' | 'wallAt'> | null;
}

/** A task, derived from the journal. Changed only by `apply`. */
export interface TaskRecord {
  /** Unpacked on each read, so read it once. */
  readonly plan: Plan;
  /** The compact form, for what can be read without unpacking. */
  readonly packed: PackedPlan;
  /** The number of steps of the plan that the journal has announced. */
  readonly announced: number;
  readonly expired: boolean;
  readonly polls: number;
  /** The number of requests for each of its media files. */
  readonly downloads: ReadonlyMap<string, number>;
  /** Deliveries added later, in addition to the plan's. */
  readonly extra: readonly PlannedDelivery[];
  /** The unsettled deliveries of `extra`. */
  readonly openExtra: ReadonlyMap<DeliveryId, PlannedDelivery>;
  /** Whether a delivery without a fault, or with a lost acknowledgement, was acknowledged. */
  readonly acknowledged: boolean;
  /** The same for abandoned deliveries. */
  readonly abandoned: boolean;
  readonly progress: ReadonlyMap<DeliveryId, DeliveryProgress>;
}

/** The schedule's own state of a task. It is stored here because a map of a million tasks would cost memory. */
export interface ScheduleNotes {
  /** The time of the next visit; infinity when none is due. */
  scheduledAt: number;
  /** The agenda's entry of the next visit: one of an earlier plan may have the same time, and must not count again. */
  scheduledAs: number | null;
  /** Whether the task is finished and may be evicted. */
  retired: boolean;
}

/** Returns the schedule's state of a task. For the schedule alone. */
export function scheduleNotesOf(task: TaskRecord): ScheduleNotes {
  if (task instanceof StoredTask) return task;
  throw new Error('the task is not from the store');
}

const UNTRIED: DeliveryProgress = Object.freeze({ attempts: [], made: 0, status: 'pending', inFlight: null });
/** Shared by all tasks without progress: a million empty maps would be a tenth of the memory. */
const NO_PROGRESS: Map<DeliveryId, DeliveryProgress> = new Map();
const NO_DOWNLOADS: Map<string, number> = new Map();
const NO_EXTRA: PlannedDelivery[] = [];
const NO_OPEN: Map<DeliveryId, PlannedDelivery> = new Map();

/** A task in the store. A class, so that a million tasks share the getter on the prototype. */
export class StoredTask implements TaskRecord, ScheduleNotes {
  announced = 1;
  expired = false;
  polls = 0;
  downloads = NO_DOWNLOADS;
  extra = NO_EXTRA;
  openExtra = NO_OPEN;
  acknowledged = false;
  abandoned = false;
  progress = NO_PROGRESS;
  scheduledAt = Number.POSITIVE_INFINITY;
  scheduledAs: number | null = null;
  retired = false;
  /** The position in the account's list. */
  place = 0;
  packed: PackedPlan;

  constructor(packed: PackedPlan) {
    this.packed = packed;
  }

  get plan(): Plan {
    return unpackPlan(this.packed);
  }
}

/** Returns whether an entry changes the task it is about: of the answered requests, only polls are counted. */
export function affectsTask(entry: PackedEntry): boolean {
  if (entry.type === 'request.answered') return entry.does === 'poll';
  return entry.type !== 'media.served' || isDownload(entry);
}

/** Applies an entry to the task it is about. Entries that do not concern a task have no effect. */
export function applyToTask(task: StoredTask, entry: PackedEntry): void {
  switch (entry.type) {
    case 'request.answered':
      if (entry.does === 'poll') task.polls += 1;
      return;
    case 'media.served':
      if (isDownload(entry)) countDownload(task, entry.name);
      return;
    case 'task.changed':
      task.announced = entry.index + 1;
      return;
    case 'task.amended':
      task.packed = entry.packed;
      return;
    case 'task.expired':
      task.expired = true;
      return;
    case 'delivery.promised':
      return addDelivery(task, entry.delivery);
    case 'attempt.started':
      return setProgress(task, entry.deliveryId, {
        inFlight: { n: entry.n, at: entry.at, wallAt: entry.wallAt },
      });
    case 'attempt.ended':
      return addAttempt(task, entry.deliveryId, entry.attempt);
    case 'delivery.settled':
      return settle(task, entry.deliveryId, entry.status);
    default:
      return;
  }
}

/** Any name can be requested; only names of existing files are counted. */
export function isDownload({ method, status }: MediaServed): boolean {
  return method === 'GET' && status !== 404;
}

function countDownload(task: StoredTask, name: string): void {
  if (task.downloads === NO_DOWNLOADS) task.downloads = new Map();
  task.downloads.set(name, (task.downloads.get(name) ?? 0) + 1);
}

function addDelivery(task: StoredTask, delivery: PlannedDelivery): void {
  if (task.extra === NO_EXTRA) {
    task.extra = [];
    task.openExtra = new Map();
  }
  task.extra.push(delivery);
  task.openExtra.set(delivery.id, delivery);
}

/** The list is extended in place, because a copy for each attempt would be slow with many attempts. */
function addAttempt(task: StoredTask, id: DeliveryId, attempt: Attempt): void {
  const { attempts, made } = progressOf(task, id);
  const list = attempts.length === 0 ? [] : (attempts as Attempt[]);
  list.push(attempt);
  const counts = attempt.outcome !== 'interrupted';
  setProgress(task, id, { inFlight: null, attempts: list, made: counts ? made + 1 : made });
}

function settle(task: StoredTask, id: DeliveryId, status: DeliveryStatus): void {
  setProgress(task, id, { status });
  const { callbacks } = sharedOf(task.packed);
  const delivery = task.openExtra.get(id) ?? callbacks.find((one) => one.id === id);
  const flaw = delivery?.flaw;
  if (task.openExtra !== NO_OPEN) task.openExtra.delete(id);
  // A callback with a fault does not count as the vendor's own.
  if (flaw !== null && flaw !== 'lost-ack') return;
  if (delivery?.kind === 'handshake') return;
  if (status === 'acknowledged') task.acknowledged = true;
  else task.abandoned = true;
}

function setProgress(task: StoredTask, id: DeliveryId, change: Partial<DeliveryProgress>): void {
  if (task.progress === NO_PROGRESS) task.progress = new Map();
  const now = progressOf(task, id);
  const { attempts = now.attempts, made = now.made, status = now.status, inFlight = now.inFlight } = change;
  task.progress.set(id, { attempts, made, status, inFlight });
}

export function progressOf(task: Pick<TaskRecord, 'progress'>, id: DeliveryId): DeliveryProgress {
  return task.progress.get(id) ?? UNTRIED;
}

/** Returns the plan's deliveries and those added later. */
export function deliveriesOf({ plan, extra }: TaskRecord): readonly PlannedDelivery[] {
  return extra.length === 0 ? plan.callbacks : [...plan.callbacks, ...extra];
}

/** Returns the unsettled deliveries; the cost does not depend on the number of settled ones. */
export function openDeliveriesOf(
  { progress, openExtra }: TaskRecord,
  { callbacks }: Pick<Plan, 'callbacks'>,
): readonly PlannedDelivery[] {
  const isOpen = ({ id }: PlannedDelivery): boolean =>
    progress.get(id)?.status !== 'acknowledged' && progress.get(id)?.status !== 'abandoned';
  const open = progress.size === 0 ? callbacks : callbacks.filter(isOpen);
  return openExtra.size === 0 ? open : [...open, ...openExtra.values()];
}

/** Returns whether the task's callback was abandoned and never acknowledged. */
export function isAbandoned({ abandoned, acknowledged }: TaskRecord): boolean {
  return abandoned && !acknowledged;
}
