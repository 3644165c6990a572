import { CodedError } from '../core/coded-error.ts';
import type { KindRules, Outcome, Plan, TaskId } from '../core/types.ts';
import { isVisible, viewTask } from '../core/view.ts';
import type { Clock } from '../delivery/clock.ts';
import type { Journal } from '../journal/journal.ts';
import { isAbandoned, type TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';
import type { Answer } from '../packs/error-answers.ts';
import { kindOfTask } from '../packs/kind-by-field.ts';
import type { CancelOperation, DeleteOperation, Pack, SubmitOperation, TaskContext } from '../packs/pack.ts';
import type { RequestParts } from '../packs/request-parts.ts';
import { unknownScenario } from '../scenarios/parse-scenario.ts';
import { type AskedTask, unknownTask } from './answers.ts';
import { findTask } from './find-task.ts';
import type { PlanChanges } from './plan-changes.ts';
import { type RedeliverOptions, redeliveryOf } from './redelivery.ts';
import type { Schedule } from './schedule.ts';

export interface CancelResult {
  /** Null when the task does not exist. */
  readonly taskId: TaskId | null;
  readonly answer: Answer;
}

/** Changes tasks after their submission, for their clients and for the user. */
export interface Amendments {
  cancel(pack: Pack, operation: CancelOperation, asked: AskedTask, call?: RequestParts): CancelResult;
  /** Removes a task permanently, in any state. */
  delete(pack: Pack, operation: DeleteOperation, asked: AskedTask, call?: RequestParts): CancelResult;
  /**
   * Sends the last callback of a task again.
   * @throws {CodedError} TASK_UNKNOWN, NO_CALLBACK, BAD_REQUEST, MEMORY_FULL
   */
  redeliver(taskId: string, options?: RedeliverOptions): TaskRecord;
  /** Ends a running task now. @throws {CodedError} TASK_UNKNOWN, TASK_FINISHED, SCENARIO_UNKNOWN */
  amend(taskId: string, outcome: string): TaskRecord;
  /** Removes a submission that could not be stored, before its client or its receiver is notified. */
  withdraw(task: TaskRecord): void;
}

export interface AmendmentsOptions {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly tasks: Pick<TaskStore, 'get' | 'find'>;
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Pick<Clock, 'now' | 'touch'>;
  readonly schedule: Pick<Schedule, 'update' | 'forget' | 'refuseIfFull'>;
  readonly changes: PlanChanges;
}

export function createAmendments(options: AmendmentsOptions): Amendments {
  const { packs, tasks, journal, clock, schedule, changes } = options;

  function visibleTask(pack: Pack, { taskId, account }: AskedTask): TaskRecord | null {
    const task = findTask(tasks, taskId, pack, account);
    const plan = task?.plan;
    return task !== undefined && plan?.pack === pack.name && isVisible(plan, clock.now()) ? task : null;
  }

  function endLater(task: TaskRecord, { takesMs }: CancelOperation): void {
    const { operation: submit } = operationOf(packs, task.plan);
    changes.end(task, submit, { type: 'canceled' }, 'canceled by its client', takesMs);
  }

  return {
    cancel(pack, operation, asked, call) {
      const task = visibleTask(pack, asked);
      if (task === null) return { taskId: null, answer: unknownTask(pack, asked.taskId, call, operation) };
      const now = clock.now();
      const before = viewTask(task.plan, now, isAbandoned(task));
      const context = { plan: task.plan, view: before, call };
      const refused = refusalOf(pack, operation, context);
      if (refused !== null) return { taskId: task.plan.taskId, answer: refused };
      // A second call while the first takes effect does not delay it.
      if (before.finishedAt === null && task.plan.outcome.type !== 'canceled') endLater(task, operation);
      const { plan } = task;
      const view = viewTask(plan, now, isAbandoned(task));
      const none = { status: operation.status, body: '' };
      const answer = operation.answers?.get(view.state)?.({ plan, view, call }) ?? none;
      if (before.finishedAt !== null && operation.whenFinished === 'forget') schedule.forget(task);
      return { taskId: plan.taskId, answer };
    },
    delete(pack, operation, asked, call) {
      const task = visibleTask(pack, asked);
      if (task === null) return { taskId: null, answer: unknownTask(pack, asked.taskId, call) };
      const { taskId: id } = task.plan;
      changes.remove(task);
      return { taskId: id, answer: { status: operation.status, body: '' } };
    },
    redeliver(taskId, options = {}) {
      knownTask(tasks, taskId);
      schedule.refuseIfFull();
      // Making room may have removed it.
      const task = knownTask(tasks, taskId);
      const delivery = redeliveryOf(task, operationOf(packs, task.plan).operation, clock.now(), options);
      journal.append({ type: 'delivery.promised', taskId: task.plan.taskId, delivery });
      schedule.update(task);
      clock.touch();
      return task;
    },
    amend(taskId, wanted) {
      const task = knownTask(tasks, taskId);
      const { pack, operation } = operationOf(packs, task.plan);
      const outcome = parseOutcome(wanted, pack, kindOfTask(operation, task.plan));
      const { finishedAt, state } = viewTask(task.plan, clock.now());
      if (finishedAt !== null) {
        throw new CodedError('TASK_FINISHED', `task "${taskId}" has already ended as "${state}"`);
      }
      changes.end(task, operation, outcome, `outcome forced to ${wanted}`);
      return task;
    },
    withdraw: changes.remove,
  };
}

/** Returns the answer to a cancellation that the state of the task does not allow; null when it is allowed. */
function refusalOf(pack: Pack, { allowed }: CancelOperation, context: TaskContext): Answer | null {
  const { state } = context.view;
  if (allowed === null || allowed.states.has(state)) return null;
  const { refusal } = allowed;
  if (typeof refusal === 'function') return refusal(context);
  return pack.errors.forRole(refusal, `a task in state "${state}" cannot be canceled`, context.call);
}

function knownTask(tasks: Pick<TaskStore, 'find'>, taskId: string): TaskRecord {
  const task = tasks.find(taskId);
  if (task !== undefined) return task;
  throw new CodedError(
    'TASK_UNKNOWN',
    `task "${taskId}" does not exist`,
    'List all tasks with GET /__admin/tasks.',
  );
}

function operationOf(
  packs: ReadonlyMap<string, Pack>,
  { pack, operation }: Plan,
): { readonly pack: Pack; readonly operation: SubmitOperation } {
  const found = packs.get(pack);
  const submit = found?.operations.find((candidate) => candidate.id === operation);
  if (found === undefined || submit?.type !== 'submit') {
    throw new CodedError('NO_CALLBACK', `the pack "${pack}" no longer defines the operation "${operation}"`);
  }
  return { pack: found, operation: submit };
}

function parseOutcome(name: string, pack: Pack, { ends }: KindRules): Outcome {
  if (name === 'success') return { type: 'success' };
  if (name === 'canceled' && ends.canceled !== null) return { type: 'canceled' };
  const slug = name.startsWith('fail.') ? name.slice(5) : '';
  if (pack.failures.has(slug)) return { type: 'failure', slug };
  throw unknownScenario(name, [pack]);
}
