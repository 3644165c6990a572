import { taskIdOf } from '../core/plan.ts';
import { digest } from '../core/random.ts';
import { viewTask } from '../core/view.ts';
import type { Clock } from '../delivery/clock.ts';
import { isAbandoned, type TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';
import type { Answer } from '../packs/error-answers.ts';
import type { Submission } from './submission.ts';

type DeriveCall = Pick<Submission, 'pack' | 'operation' | 'request' | 'pathParams' | 'outside'>;

/** A call about a task that an earlier call of the same operation has derived from its parent. */
export interface RepeatedCall {
  readonly task: TaskRecord;
  readonly state: string;
  readonly answer: Answer;
}

/** Finds the tasks that were derived from others, which clients know only by the ids of their parents. */
export interface DerivedTasks {
  /** Returns the answer to a repeated call; null when the call is the first of its operation and parent. */
  repeated(call: DeriveCall): RepeatedCall | null;
}

export interface DerivedTasksOptions {
  readonly tasks: Pick<TaskStore, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createDerivedTasks({ tasks, clock }: DerivedTasksOptions): DerivedTasks {
  return {
    repeated(call) {
      const seed = derivedSeed(call);
      const { derives, kind, status } = call.operation;
      const task = seed === null ? undefined : tasks.get(taskIdOf(kind, seed, call.pathParams ?? null));
      if (derives === null || task?.plan.operation !== call.operation.id) return null;
      const { plan } = task;
      const view = viewTask(plan, clock.now(), isAbandoned(task));
      const answer = derives.answers.get(view.state)?.({ plan, view }) ?? { status, body: '' };
      return { task, state: view.state, answer };
    },
  };
}

/**
 * Returns the seed of a derived task; null for other tasks. The seed depends on the parent alone, so that the same call
 * leads to the same task, and no index is needed to find it.
 */
export function derivedSeed({
  pack,
  operation,
  request,
  pathParams = null,
  outside = null,
}: DeriveCall): string | null {
  if (operation.derives === null) return null;
  const key = operation.derives.keyOf(request, pathParams, outside);
  return `${digest(`derived|${pack.name}|${operation.id}|${key}`)}.1`;
}
