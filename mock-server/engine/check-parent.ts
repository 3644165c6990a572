import type { TaskId } from '../core/types.ts';
import { isExpired, viewTask } from '../core/view.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import type { ErrorRole, ParentTrouble } from '../packs/lifecycle.ts';
import type { SubmitOperation } from '../packs/pack.ts';
import type { Submission } from './submission.ts';

export type ParentCheck =
  | { readonly type: 'refuse'; readonly role: ErrorRole; readonly because: string }
  /** `fail` is the slug of the failure that the new task ends with because of its parent. */
  | { readonly type: 'accept'; readonly id: TaskId | null; readonly fail: string | null };

/** Checks whether a task may continue the one that its request names, according to the pack's rules. */
export function checkParent(
  { parent }: SubmitOperation,
  { request, pathParams = null, outside = null }: Pick<Submission, 'request' | 'pathParams' | 'outside'>,
  taskOf: (id: string) => TaskRecord | undefined,
  now: number,
): ParentCheck {
  if (parent === null) return { type: 'accept', id: null, fail: null };
  const id = String(parent.idOf(request, pathParams, outside) ?? '') as TaskId;
  const task = taskOf(id);
  const trouble = troubleWith(task, now);
  // The request may name it by an alias.
  if (trouble === null) return { type: 'accept', id: task?.plan.taskId ?? id, fail: null };
  const rule = parent.rules[trouble];
  if (rule.type === 'fail') return { type: 'accept', id, fail: rule.slug };
  return { type: 'refuse', role: rule.role, because: rule.because ?? `${id} is not a known task` };
}

function troubleWith(parent: TaskRecord | undefined, now: number): ParentTrouble | null {
  if (parent === undefined) return 'whenUnknown';
  const { outcome } = viewTask(parent.plan, now);
  if (outcome === null) return 'whenUnfinished';
  // A canceled task also has no result to continue.
  if (outcome.type !== 'success') return 'whenFailed';
  return isExpired(parent.plan, now) ? 'whenExpired' : null;
}
