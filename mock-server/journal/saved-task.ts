import type { Attempt, DeliveryId, Plan, PlannedDelivery } from '../core/types.ts';
import type { PlanPacker } from './packed-plan.ts';
import type { Secrets } from './secrets.ts';
import { type DeliveryProgress, StoredTask } from './stored-task.ts';
import { type OpenEntry, showDelivery, showPlan } from './unpack-entry.ts';

/** The name of the fold that saves tasks. */
export const TASKS = 'tasks';

/** A task in a snapshot. Parts that most tasks do not have are left out. */
export interface SavedTask {
  readonly plan: Plan;
  readonly announced: number;
  readonly expired?: true;
  readonly polls?: number;
  readonly downloads?: readonly (readonly [name: string, count: number])[];
  readonly extra?: readonly PlannedDelivery[];
  readonly openExtra?: readonly DeliveryId[];
  readonly acknowledged?: true;
  readonly abandoned?: true;
  readonly progress?: readonly (readonly [id: DeliveryId, progress: DeliveryProgress])[];
}

/** Returns a task as it is written to disk, with its client's keys masked. */
export function saveTask(task: StoredTask, secrets: Secrets): SavedTask {
  const { announced, expired, polls, downloads, extra, openExtra, acknowledged, abandoned, progress } = task;
  return {
    plan: showPlan(task.plan, secrets),
    announced,
    ...(expired ? { expired } : {}),
    ...(polls > 0 ? { polls } : {}),
    ...(downloads.size > 0 ? { downloads: [...downloads] } : {}),
    ...(extra.length > 0 ? { extra: extra.map((delivery) => showDelivery(delivery, secrets)) } : {}),
    ...(openExtra.size > 0 ? { openExtra: [...openExtra.keys()] } : {}),
    ...(acknowledged ? { acknowledged } : {}),
    ...(abandoned ? { abandoned } : {}),
    // The list of attempts is extended in place.
    ...(progress.size > 0 ? { progress: [...progress].map(([id, one]) => [id, copyOf(one)] as const) } : {}),
  };
}

function copyOf(progress: DeliveryProgress): DeliveryProgress {
  return { ...progress, attempts: [...progress.attempts] };
}

export function loadTask(saved: SavedTask, packer: PlanPacker): StoredTask {
  const task = new StoredTask(packer.pack(saved.plan));
  task.announced = saved.announced;
  task.expired = saved.expired ?? false;
  task.polls = saved.polls ?? 0;
  task.acknowledged = saved.acknowledged ?? false;
  task.abandoned = saved.abandoned ?? false;
  if (saved.downloads !== undefined) task.downloads = new Map(saved.downloads);
  if (saved.progress !== undefined) task.progress = new Map(saved.progress);
  if (saved.extra === undefined) return task;
  const open = new Set(saved.openExtra);
  task.extra = [...saved.extra];
  task.openExtra = new Map(saved.extra.filter(({ id }) => open.has(id)).map((one) => [one.id, one]));
  return task;
}

/** Returns a saved task with its plan and attempts changed as those of entries are. */
export function changeSavedTask(saved: SavedTask, change: (entry: OpenEntry) => OpenEntry): SavedTask {
  const stamp = { seq: 1, at: 0, wallAt: 0 };
  const { taskId } = saved.plan;
  const submitted = change({ ...stamp, type: 'task.submitted', taskId, plan: saved.plan });
  const changeAttempt = (deliveryId: DeliveryId, attempt: Attempt): Attempt => {
    const ended = change({
      ...stamp,
      type: 'attempt.ended',
      taskId,
      deliveryId,
      event: '',
      url: '',
      attempt,
    });
    return ended.type === 'attempt.ended' ? ended.attempt : attempt;
  };
  return {
    ...saved,
    plan: submitted.type === 'task.submitted' ? submitted.plan : saved.plan,
    ...(saved.progress === undefined
      ? {}
      : {
          progress: saved.progress.map(
            ([id, one]) =>
              [id, { ...one, attempts: one.attempts.map((attempt) => changeAttempt(id, attempt)) }] as const,
          ),
        }),
  };
}
