import type { Account, Attempt, DeliveryId, DeliveryStatus, Plan, PlannedDelivery } from '../core/types.ts';
import { createAccountTasks } from './account-tasks.ts';
import type { JournalRecord } from './journal-record.ts';
import { type PackedPlan, sharedOf, unpackPlan } from './packed-plan.ts';

/** How far a delivery has come. */
export interface DeliveryProgress {
  readonly attempts: readonly Attempt[];
  /** How many of them were not cut short by the mock itself. */
  readonly made: number;
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
  /** Those of them that are not settled. */
  readonly openExtra: ReadonlyMap<DeliveryId, PlannedDelivery>;
  /** Whether a delivery that was not flawed on purpose has been acknowledged, or abandoned. */
  readonly acknowledged: boolean;
  readonly abandoned: boolean;
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
  /** Those of one account, the latest first. */
  newest(account: Account): Iterable<TaskRecord>;
  /** The one door for changes. */
  apply(record: JournalRecord): void;
}

const UNTRIED: DeliveryProgress = Object.freeze({ attempts: [], made: 0, status: 'pending', inFlight: null });
/** Shared by all tasks to which nothing has happened yet: a million empty maps would be a tenth of the memory. */
const NO_PROGRESS: Map<DeliveryId, DeliveryProgress> = new Map();
const NO_DOWNLOADS: Map<string, number> = new Map();
const NO_EXTRA: PlannedDelivery[] = [];
const NO_OPEN: Map<DeliveryId, PlannedDelivery> = new Map();

/** One task in the store. A class for its getter's sake: a million tasks share it on the prototype. */
class StoredTask implements TaskRecord {
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
  /** Its place among those of its account. */
  place = 0;
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
  const byAccount = createAccountTasks<StoredTask>();

  function forget(taskId: string): void {
    const task = tasks.get(taskId);
    if (task === undefined) return;
    tasks.delete(taskId);
    byAccount.remove(sharedOf(task.packed).account, task);
  }

  function apply(record: JournalRecord): void {
    if (record.type === 'task.submitted') {
      forget(record.taskId);
      const task = new StoredTask(record.packed);
      tasks.set(record.taskId, task);
      byAccount.add(sharedOf(record.packed).account, task);
      return;
    }
    if (record.type === 'server.reset') {
      tasks.clear();
      return byAccount.clear();
    }
    if (record.type === 'task.forgotten') return forget(record.taskId);
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
      return promise(task, record.delivery);
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

function countDownload(task: StoredTask, name: string): void {
  if (task.downloads === NO_DOWNLOADS) task.downloads = new Map();
  task.downloads.set(name, (task.downloads.get(name) ?? 0) + 1);
}

function promise(task: StoredTask, delivery: PlannedDelivery): void {
  if (task.extra === NO_EXTRA) {
    task.extra = [];
    task.openExtra = new Map();
  }
  task.extra.push(delivery);
  task.openExtra.set(delivery.id, delivery);
}

/** A list that was begun here grows in place: a copy for each attempt would make many attempts slow. */
function addAttempt(task: StoredTask, id: DeliveryId, attempt: Attempt): void {
  const { attempts, made } = progressOf(task, id);
  const list = attempts.length === 0 ? [] : (attempts as Attempt[]);
  list.push(attempt);
  const counts = attempt.outcome !== 'interrupted';
  setProgress(task, id, { inFlight: null, attempts: list, made: counts ? made + 1 : made });
}

function settle(task: StoredTask, id: DeliveryId, status: DeliveryStatus): void {
  setProgress(task, id, { status });
  const flaw = task.openExtra.has(id) ? null : task.plan.callbacks.find((one) => one.id === id)?.flaw;
  if (task.openExtra !== NO_OPEN) task.openExtra.delete(id);
  // What was flawed on purpose is not an announcement of the vendor's.
  if (flaw !== null && flaw !== 'lost-ack') return;
  if (status === 'acknowledged') task.acknowledged = true;
  else task.abandoned = true;
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

/** Those that are not settled: however many came before, they add nothing to the cost. */
export function openDeliveriesOf(task: TaskRecord): readonly PlannedDelivery[] {
  const { progress, openExtra } = task;
  const { callbacks } = task.plan;
  const isOpen = ({ id }: PlannedDelivery): boolean =>
    progress.get(id)?.status !== 'acknowledged' && progress.get(id)?.status !== 'abandoned';
  const open = progress.size === 0 ? callbacks : callbacks.filter(isOpen);
  return openExtra.size === 0 ? open : [...open, ...openExtra.values()];
}

/** Whether the task's callback was abandoned, and never acknowledged before or after. */
export function isGivenUp({ abandoned, acknowledged }: TaskRecord): boolean {
  return abandoned && !acknowledged;
}
