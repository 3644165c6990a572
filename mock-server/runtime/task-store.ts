import type { Attempt, DeliveryId, DeliveryStatus, Plan, PlannedDelivery } from '../core/types.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import type { JournalRecord, MediaServed } from './journal-record.ts';
import { longRequestOf, type PackedPlan, unpackPlan, withoutRequest } from './packed-plan.ts';

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
  /** What can be read of it without unpacking. */
  readonly packed: PackedPlan;
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

/** @param budget what the tasks occupy is charged to it */
export function createTaskStore(budget: ByteBudget = createByteBudget(Number.POSITIVE_INFINITY)): TaskStore {
  const tasks = new Map<string, StoredTask>();

  function enter(taskId: string, packed: PackedPlan): void {
    forget(taskId);
    const task = new StoredTask(packed);
    tasks.set(taskId, task);
    budget.charge('tasks', bytesOf(task));
    holdRequest(taskId, packed);
  }

  function forget(taskId: string): void {
    const task = tasks.get(taskId);
    if (task === undefined) return;
    tasks.delete(taskId);
    budget.charge('tasks', -bytesOf(task));
    dropRequest(taskId, task.packed);
    // The agenda may remember the task until its moment comes.
    task.packed = withoutRequest(task.packed);
  }

  function amend(taskId: string, task: StoredTask, packed: PackedPlan): void {
    budget.charge('tasks', packed.bytes - task.packed.bytes);
    holdRequest(taskId, packed);
    dropRequest(taskId, task.packed);
    task.packed = packed;
  }

  function holdRequest(taskId: string, packed: PackedPlan): void {
    const text = longRequestOf(packed);
    if (text !== null) budget.keepText('tasks', taskId, text);
  }

  function dropRequest(taskId: string, packed: PackedPlan): void {
    const text = longRequestOf(packed);
    if (text !== null) budget.dropText('tasks', taskId, text);
  }

  function change(taskId: string, task: StoredTask, record: JournalRecord): void {
    if (record.type === 'task.amended') return amend(taskId, task, record.packed);
    budget.charge('tasks', bytesAdded(task, record));
    applyToTask(task, record);
  }

  function apply(record: JournalRecord): void {
    if (record.type === 'task.submitted') return enter(record.taskId, record.packed);
    if (record.type === 'server.reset') {
      tasks.clear();
      return budget.releaseTasks();
    }
    if (record.type === 'task.forgotten') return forget(record.taskId);
    const taskId = 'taskId' in record ? record.taskId : null;
    const task = taskId === null ? undefined : tasks.get(taskId);
    if (taskId !== null && task !== undefined) change(taskId, task, record);
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
      if (isDownload(record)) countDownload(task, record.name);
      return;
    case 'task.changed':
      task.announced = record.index + 1;
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

/** Measured on V8, rounded up: a task with its place in the store and the agenda … */
const TASK_BYTES = 200;
/** … and what happens to it. */
const ATTEMPT_BYTES = 250;
const DELIVERY_BYTES = 250;
const FILE_BYTES = 100;

function bytesOf({ packed, progress, extra, downloads }: StoredTask): number {
  let bytes = TASK_BYTES + packed.bytes;
  for (const { attempts } of progress.values()) {
    for (const attempt of attempts) bytes += bytesOfAttempt(attempt);
  }
  for (const delivery of extra) bytes += bytesOfDelivery(delivery);
  for (const name of downloads.keys()) bytes += bytesOfFile(name);
  return bytes;
}

/** What an entry adds to `bytesOf` its task. */
function bytesAdded({ downloads }: StoredTask, record: JournalRecord): number {
  if (record.type === 'attempt.ended') return bytesOfAttempt(record.attempt);
  if (record.type === 'delivery.promised') return bytesOfDelivery(record.delivery);
  const isNewFile = record.type === 'media.served' && isDownload(record) && !downloads.has(record.name);
  return isNewFile ? bytesOfFile(record.name) : 0;
}

/** Any name can be asked for; only those of files are counted. */
function isDownload({ method, status }: MediaServed): boolean {
  return method === 'GET' && status !== 404;
}

function bytesOfAttempt({ answer, detail }: Attempt): number {
  return ATTEMPT_BYTES + 2 * answer.length + (detail?.length ?? 0);
}

function bytesOfDelivery({ url }: PlannedDelivery): number {
  return DELIVERY_BYTES + url.length;
}

function bytesOfFile(name: string): number {
  return FILE_BYTES + name.length;
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
