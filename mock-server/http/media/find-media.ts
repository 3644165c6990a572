import { type TaskView, viewTask } from '../../core/view.ts';
import type { TaskRecord } from '../../journal/stored-task.ts';
import { mediaCount, mediaFileName } from '../../packs/media-values.ts';
import type { MediaKind, Pack } from '../../packs/pack.ts';

/** A file of a task at a moment: served, or refused with a reason. */
export type FoundMedia =
  | { readonly type: 'file'; readonly kind: MediaKind }
  | { readonly type: 'refused'; readonly status: 404 | 410; readonly because: string };

/** Returns what the media host answers to a download, faults of the scenario aside. */
export function findMedia(
  task: TaskRecord | undefined,
  pack: Pack | undefined,
  name: string,
  now: number,
): FoundMedia {
  const kind = task === undefined ? undefined : mediaKindOf(task, pack, name);
  if (task === undefined || kind === undefined) {
    return { type: 'refused', status: 404, because: 'This file was not produced by any task.' };
  }
  const view = viewTask(task.plan, now);
  const isReady = view.outcome === null ? kind.readyIn.has(view.state) : view.outcome.type === 'success';
  if (!isReady) {
    return { type: 'refused', status: 404, because: 'The task has not produced this file yet.' };
  }
  if (view.expired || isOver(kind, view, now)) {
    return { type: 'refused', status: 410, because: 'The media of this task has expired.' };
  }
  return { type: 'file', kind };
}

/** Returns the names of the files of a task. */
export function mediaNamesOf({ plan }: TaskRecord, pack: Pack | undefined): readonly string[] {
  return [...(pack?.media.values() ?? [])].flatMap((kind) =>
    Array.from({ length: mediaCount(plan, kind) }, (_, index) => mediaFileName(kind, index)),
  );
}

function mediaKindOf({ plan }: TaskRecord, pack: Pack | undefined, name: string): MediaKind | undefined {
  const kinds = pack?.media.values() ?? [];
  return [...kinds].find((kind) => {
    const count = mediaCount(plan, kind);
    return Array.from({ length: count }, (_, index) => mediaFileName(kind, index)).includes(name);
  });
}

/** Whether a file is gone before the other media of its task. */
function isOver({ lifetimeMs }: MediaKind, { finishedAt }: TaskView, now: number): boolean {
  return lifetimeMs !== null && finishedAt !== null && now >= finishedAt + lifetimeMs;
}
