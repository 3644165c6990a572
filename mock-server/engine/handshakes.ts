import type { Account, Announcement, Plan, PlannedDelivery, TaskId } from '../core/types.ts';
import type { Fold } from '../journal/fold.ts';
import type { Journal } from '../journal/journal.ts';
import { sharedOf } from '../journal/packed-plan.ts';
import { progressOf, type TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';
import type { Pack } from '../packs/pack.ts';

/** Knows the URLs whose receivers have answered a handshake. */
export interface Handshakes extends Fold<readonly string[]> {
  /** Adds the handshakes that the URLs of an announcement still need. */
  addTo(announcement: Announcement | null, pack: Pack, account: Account): Announcement | null;
}

export function createHandshakes(
  tasks: Pick<TaskStore, 'get'>,
  maskText: (text: string) => string,
): Handshakes {
  const done = new Set<string>();

  return {
    name: 'handshakes',
    counted: [],
    apply(entry) {
      if (entry.type === 'server.reset') done.clear();
      if (entry.type !== 'delivery.settled' || entry.kind === undefined) return;
      const task = tasks.get(entry.taskId);
      if (task === undefined || entry.status !== 'acknowledged') return;
      const { pack, account } = sharedOf(task.packed);
      const url = task.plan.callbacks.find(({ id }) => id === entry.deliveryId)?.url ?? '';
      done.add(keyOf(pack, account, url));
    },
    *save() {
      // Copied at once, because entries may be applied before the part is written.
      yield [...done].map(maskText);
    },
    load(part) {
      for (const key of part) done.add(key);
    },
    addTo(announcement, { name, handshake }, account) {
      if (announcement === null || handshake === null) return announcement;
      const urls = new Set([announcement, ...(announcement.others ?? [])].map(({ url }) => url));
      const needed = [...urls].filter((url) => !done.has(keyOf(name, account, url)));
      return needed.length === 0 ? announcement : { ...announcement, handshakes: needed };
    },
  };
}

function keyOf(pack: string, account: Account, url: string): string {
  return `${pack} ${account} ${url}`;
}

/**
 * Resolves to whether all handshakes of a task were answered, when they are settled. Resolves to false when the task is
 * removed before.
 */
export function handshakesSettled(
  task: TaskRecord,
  plan: Plan,
  journal: Pick<Journal, 'subscribe'>,
): Promise<boolean> {
  const own = plan.callbacks.filter(({ kind }) => kind === 'handshake');
  const statusOf = ({ id }: PlannedDelivery) => progressOf(task, id).status;
  const isSettled = (): boolean => own.every((one) => statusOf(one) !== 'pending');
  const isGood = (): boolean => own.every((one) => statusOf(one) === 'acknowledged');
  if (isSettled()) return Promise.resolve(isGood());
  return new Promise((resolve) => {
    const end = journal.subscribe((entry) => {
      const isRemoved = entry.type === 'server.reset' || isForgotten(entry, plan.taskId);
      if (!isRemoved && !isSettled()) return;
      end();
      resolve(!isRemoved && isGood());
    });
  });
}

function isForgotten(entry: { readonly type: string; readonly taskId?: unknown }, taskId: TaskId): boolean {
  return entry.type === 'task.forgotten' && entry.taskId === taskId;
}
