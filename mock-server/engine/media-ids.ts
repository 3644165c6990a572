import type { Journal } from '../journal/journal.ts';
import { type PackedPlan, sharedOf, unpackPlan } from '../journal/packed-plan.ts';
import type { TaskStore } from '../journal/task-store.ts';
import { mediaIdsOf } from '../packs/media-values.ts';
import type { MediaKind, Pack } from '../packs/pack.ts';

/** Finds tasks by the ids of their media files. */
export interface MediaIds {
  /** Returns the id of the task with this file; undefined without one. */
  taskOf(pack: Pick<Pack, 'name'>, kind: MediaKind, mediaId: string): string | undefined;
}

interface Index {
  readonly kind: MediaKind;
  readonly taskOf: Map<string, string>;
  readonly idsOf: Map<string, readonly string[]>;
}

export interface MediaIdsOptions {
  readonly tasks: Pick<TaskStore, 'all'>;
  readonly journal: Pick<Journal, 'subscribe'>;
}

/** Creates the index of a kind of file when it is first needed, so that other packs need no memory for it. */
export function createMediaIds({ tasks, journal }: MediaIdsOptions): MediaIds {
  const packs = new Map<string, Map<string, Index>>();

  journal.subscribe((entry) => {
    if (packs.size === 0) return;
    if (entry.type === 'task.submitted') enter(entry.packed);
    else if (entry.type === 'task.forgotten') forget(entry.taskId);
    else if (entry.type === 'server.reset') packs.clear();
  });

  function enter(packed: PackedPlan): void {
    for (const index of packs.get(sharedOf(packed).pack)?.values() ?? []) add(index, unpackPlan(packed));
  }

  function forget(taskId: string): void {
    for (const own of packs.values()) for (const index of own.values()) remove(index, taskId);
  }

  function indexOf(pack: string, kind: MediaKind): Index {
    let own = packs.get(pack);
    if (own === undefined) {
      own = new Map();
      packs.set(pack, own);
    }
    const known = own.get(kind.name);
    // A reloaded pack can have other ids.
    if (known?.kind === kind) return known;
    const index: Index = { kind, taskOf: new Map(), idsOf: new Map() };
    own.set(kind.name, index);
    for (const { packed } of tasks.all()) if (sharedOf(packed).pack === pack) add(index, unpackPlan(packed));
    return index;
  }

  return { taskOf: ({ name }, kind, mediaId) => indexOf(name, kind).taskOf.get(mediaId) };
}

function add({ kind, taskOf, idsOf }: Index, plan: Parameters<typeof mediaIdsOf>[0]): void {
  const ids = mediaIdsOf(plan, kind);
  if (ids.length === 0) return;
  idsOf.set(plan.taskId, ids);
  for (const id of ids) taskOf.set(id, plan.taskId);
}

function remove({ taskOf, idsOf }: Index, taskId: string): void {
  for (const id of idsOf.get(taskId) ?? []) taskOf.delete(id);
  idsOf.delete(taskId);
}
