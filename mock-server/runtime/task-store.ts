import type { Attempt, DeliveryId, DeliveryStatus, Plan, PlannedDelivery } from '../core/types.ts';
import type { JournalRecord } from './journal-record.ts';
import { type PackedPlan, unpackPlan } from './packed-plan.ts';

/** How far a delivery has come. */
export interface DeliveryProgress {
  readonly attempts: readonly Attempt[];
  readonly status: DeliveryStatus;
  /** The attempt that has begun and not ended; null when there is none. */
  readonly inFlight: Pick<Attempt, 'n' | 'at' | 'wallAt'> | null;
}

/** A task as the journal has made it. Changed by `apply` alone. */
export interface TaskRecord {
  /** Unpacked anew at each reading: take it once. */
  readonly plan: Plan;
  /** How many steps of the plan have been announced in the journal. */
  readonly announced: number;
  readonly expired: boolean;
  readonly polls: number;
  /** How often each of its media files was asked for. */
  readonly downloads: ReadonlyMap<string, number>;
  /** Deliveries that were asked for later, beside the plan's. */
  readonly extra: readonly PlannedDelivery[];
  readonly progress: ReadonlyMap<DeliveryId, DeliveryProgress>;
  /** The engine's own notes, no part of what the journal says: the moment it will visit this task next … */
  scheduledAt: number;
  /** … and whether nothing is left to be done, so that it may be forgotten. */
  retired: boolean;
}

/** Every task, folded from the journal: replaying the same records gives the same store. */
export interface TaskStore {
  readonly size: number;
  get(id: string): TaskRecord | undefined;
  all(): IterableIterator<TaskRecord>;
  /** The one door for changes. */
  apply(record: JournalRecord): void;
}

const UNTRIED: DeliveryProgress = Object.freeze({ attempts: [], status: 'pending', inFlight: null });
/** Shared by all tasks to which nothing has happened yet: a million empty maps would be a tenth of the memory. */
const NO_PROGRESS: Map<DeliveryId, DeliveryProgress> = new Map();
const NO_DOWNLOADS: Map<string, number> = new Map();
const NO_EXTRA: readonly PlannedDelivery[] = Object.freeze([]);

/** One task in the store. A class for its getter's sake: a million tasks share it on the prototype. */
class StoredTask implements TaskRecord {
  announced = 1;
  expired = false;
  polls = 0;
  downloads = NO_DOWNLOADS;
  extra = NO_EXTRA;
  progress = NO_PROGRESS;
  scheduledAt = Number.POSITIVE_INFINITY;
  retired = false;
  packed: PackedPlan;

  constructor(packed: PackedPlan) {
    this.packed = packed;
  }

  get plan(): Plan {
    return unpackPlan(this.packed);
  }
}

export function createTaskStore(): TaskStore {
  const tasks = new Map<string, StoredTask>();

  function apply(record: JournalRecord): void {
    if (record.type === 'task.submitted') {
      tasks.set(record.taskId, new StoredTask(record.packed));
      return;
    }
    if (record.type === 'server.reset') return tasks.clear();
    if (record.type === 'task.forgotten') {
      tasks.delete(record.taskId);
      return;
    }
    const taskId = 'taskId' in record ? record.taskId : null;
    const task = taskId === null ? undefined : tasks.get(taskId);
    if (task !== undefined) applyToTask(task, record);
  }

  return {
    get size() {
      return tasks.size;
    },
    get: (id) => tasks.get(id),
    all: () => tasks.values(),
    apply,
  };
}

function applyToTask(task: StoredTask, record: JournalRecord): void {
  switch (record.type) {
    case 'request.answered':
      if (record.does === 'poll') task.polls += 1;
      return;
    case 'media.served':
      if (record.method === 'GET') countDownload(task, record.name);
      return;
    case 'task.changed':
      task.announced = record.index + 1;
      return;
    case 'task.amended':
      task.packed = { type: 'whole', plan: record.plan };
      return;
    case 'task.expired':
      task.expired = true;
      return;
    case 'delivery.promised':
      task.extra = [...task.extra, record.delivery];
      return;
    case 'attempt.started':
      return setProgress(task, record.deliveryId, {
        inFlight: { n: record.n, at: record.at, wallAt: record.wallAt },
      });
    case 'attempt.ended':
      return setProgress(task, record.deliveryId, {
        inFlight: null,
        attempts: [...progressOf(task, record.deliveryId).attempts, record.attempt],
      });
    case 'delivery.settled':
      return setProgress(task, record.deliveryId, { status: record.status });
    default:
      return;
  }
}

function countDownload(task: StoredTask, name: string): void {
  if (task.downloads === NO_DOWNLOADS) task.downloads = new Map();
  task.downloads.set(name, (task.downloads.get(name) ?? 0) + 1);
}

function setProgress(task: StoredTask, id: DeliveryId, change: Partial<DeliveryProgress>): void {
  if (task.progress === NO_PROGRESS) task.progress = new Map();
  task.progress.set(id, { ...progressOf(task, id), ...change });
}

export function progressOf(task: Pick<TaskRecord, 'progress'>, id: DeliveryId): DeliveryProgress {
  return task.progress.get(id) ?? UNTRIED;
}

/** The plan's deliveries and those asked for later. */
export function deliveriesOf({ plan, extra }: TaskRecord): readonly PlannedDelivery[] {
  return extra.length === 0 ? plan.callbacks : [...plan.callbacks, ...extra];
}

/** Whether the task's callback was sent in vain: given up, and never acknowledged before or after. */
export function isGivenUp(task: TaskRecord): boolean {
  if (task.progress.size === 0) return false;
  const settled = deliveriesOf(task)
    // What was flawed on purpose is no announcement of the vendor's.
    .filter(({ flaw }) => flaw === null || flaw === 'lost-ack')
    .map(({ id }) => progressOf(task, id).status);
  return settled.includes('abandoned') && !settled.includes('acknowledged');
}
