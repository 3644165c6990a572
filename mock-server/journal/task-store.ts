import type { Account, Attempt, DeliveryId, DeliveryStatus, Plan, PlannedDelivery } from '../core/types.ts';
import { createAccountTasks } from './account-tasks.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import type { JournalRecord, MediaServed } from './journal-record.ts';
import { longRequestOf, type PackedPlan, sharedOf, unpackPlan, withoutRequest } from './packed-plan.ts';

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
  /** Whether the task is finished and may be evicted. */
  retired: boolean;
}

/** Returns the schedule's state of a task. For the schedule alone. */
export function scheduleNotesOf(task: TaskRecord): ScheduleNotes {
  if (task instanceof StoredTask) return task;
  throw new Error('the task is not from the store');
}

/** All tasks, derived from the journal: replaying the same entries gives the same store. */
export interface TaskStore {
  readonly size: number;
  get(id: string): TaskRecord | undefined;
  all(): IterableIterator<TaskRecord>;
  /** The tasks of one account, newest first. */
  newest(account: Account): Iterable<TaskRecord>;
  /** Applies a journal entry. The only way to change the store. */
  apply(record: JournalRecord): void;
}

const UNTRIED: DeliveryProgress = Object.freeze({ attempts: [], made: 0, status: 'pending', inFlight: null });
/** Shared by all tasks without progress: a million empty maps would be a tenth of the memory. */
const NO_PROGRESS: Map<DeliveryId, DeliveryProgress> = new Map();
const NO_DOWNLOADS: Map<string, number> = new Map();
const NO_EXTRA: PlannedDelivery[] = [];
const NO_OPEN: Map<DeliveryId, PlannedDelivery> = new Map();

/** A task in the store. A class, so that a million tasks share the getter on the prototype. */
class StoredTask implements TaskRecord, ScheduleNotes {
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

/**
 * Creates an empty store.
 * @param budget the budget that the memory of tasks is charged to
 */
export function createTaskStore(budget: ByteBudget = createByteBudget(Number.POSITIVE_INFINITY)): TaskStore {
  const tasks = new Map<string, StoredTask>();
  const byAccount = createAccountTasks<StoredTask>();

  function enter(taskId: string, packed: PackedPlan): void {
    forget(taskId);
    const task = new StoredTask(packed);
    tasks.set(taskId, task);
    byAccount.add(sharedOf(packed).account, task);
    budget.charge('tasks', bytesOf(task));
    holdRequest(taskId, packed);
  }

  function forget(taskId: string): void {
    const task = tasks.get(taskId);
    if (task === undefined) return;
    tasks.delete(taskId);
    byAccount.remove(sharedOf(task.packed).account, task);
    budget.charge('tasks', -bytesOf(task));
    dropRequest(taskId, task.packed);
    // The agenda may reference the task until its scheduled time.
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
      byAccount.clear();
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
    newest: byAccount.newest,
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
      return addDelivery(task, record.delivery);
    case 'attempt.started':
      return setProgress(task, record.deliveryId, {
        inFlight: { n: record.n, at: record.at, wallAt: record.wallAt },
      });
    case 'attempt.ended':
      return addAttempt(task, record.deliveryId, record.attempt);
    case 'delivery.settled':
      return settle(task, record.deliveryId, record.status);
    default:
      return;
  }
}

/** The size of a task with its entries in the store and the agenda. Measured on V8, rounded up. */
const TASK_BYTES = 200;
/** The sizes of its additional parts. */
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

/** Returns the size that an entry adds to its task. */
function bytesAdded({ downloads }: StoredTask, record: JournalRecord): number {
  if (record.type === 'attempt.ended') return bytesOfAttempt(record.attempt);
  if (record.type === 'delivery.promised') return bytesOfDelivery(record.delivery);
  const isNewFile = record.type === 'media.served' && isDownload(record) && !downloads.has(record.name);
  return isNewFile ? bytesOfFile(record.name) : 0;
}

/** Any name can be requested; only names of existing files are counted. */
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
  const flaw = task.openExtra.has(id) ? null : callbacks.find((one) => one.id === id)?.flaw;
  if (task.openExtra !== NO_OPEN) task.openExtra.delete(id);
  // A callback with a fault does not count as the vendor's own.
  if (flaw !== null && flaw !== 'lost-ack') return;
  if (status === 'acknowledged') task.acknowledged = true;
  else task.abandoned = true;
}

function setProgress(task: StoredTask, id: DeliveryId, change: Partial<DeliveryProgress>): void {
  if (task.progress === NO_PROGRESS) task.progress = new Map();
  const { attempts, made, status, inFlight } = progressOf(task, id);
  task.progress.set(id, { attempts, made, status, inFlight, ...change });
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
