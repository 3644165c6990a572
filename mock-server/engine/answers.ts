import type { Account, Plan, PollFault } from '../core/types.ts';
import { faultOfPoll, isVisible, type TaskView, viewTask } from '../core/view.ts';
import type { Clock } from '../delivery/clock.ts';
import { isAbandoned, type TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';
import type { Answer } from '../packs/error-answers.ts';
import type { ListOperation, Pack, PollOperation, TaskPage } from '../packs/pack.ts';
import type { RequestParts } from '../packs/request-parts.ts';
import { findTask } from './find-task.ts';
import { filterOf, type PageRequest, pageOfTasks } from './list-tasks.ts';
import type { MediaIds } from './media-ids.ts';
import type { RenderedAnswers } from './rendered-answers.ts';

export type PollResult =
  | {
      readonly type: 'found';
      readonly task: TaskRecord;
      readonly answer: Answer;
      readonly fault: PollFault | null;
      readonly state: string;
    }
  /** `task` is one that exists and is not visible yet; null when the id is unknown. */
  | { readonly type: 'unknown'; readonly task: TaskRecord | null; readonly answer: Answer };

/** The id in a call, and the account that asks. */
export interface AskedTask {
  readonly taskId: string;
  readonly account: Account;
}

/** Answers calls that only read tasks. */
export interface Answers {
  /**
   * @param call the call, for the answer
   * @param earlier the number of earlier polls of the task; by default those that the journal has
   */
  poll(
    pack: Pack,
    operation: PollOperation,
    asked: AskedTask,
    call?: RequestParts,
    earlier?: number,
  ): PollResult;
  /** A page of the account's visible tasks. */
  list(pack: Pack, operation: ListOperation, account: Account, asked: Omit<PageRequest, 'now'>): TaskPage;
}

export interface AnswersOptions {
  readonly tasks: TaskStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly rendered: RenderedAnswers;
  readonly mediaIds: MediaIds;
}

export function createAnswers({ tasks, clock, rendered, mediaIds }: AnswersOptions): Answers {
  /** Stops at the end of the page that is asked for. */
  function* newestOf(pack: Pack, operation: ListOperation, account: Account, asked: PageRequest) {
    const { kinds } = operation;
    const { now } = asked;
    const isAskedFor = filterOf(operation, asked.request);
    for (const task of tasks.newest(account)) {
      const { plan } = task;
      const isMeant = plan.pack === pack.name && (kinds === null || kinds.has(plan.kind));
      if (isMeant && isVisible(plan, now) && isAskedFor(task, now)) yield task;
    }
  }

  return {
    poll(pack, operation, { taskId, account }, call, earlier) {
      const now = clock.now();
      const { findBy } = operation;
      const id = findBy === null ? taskId : (mediaIds.taskOf(pack, findBy, taskId) ?? '');
      const task = findTask(tasks, id, pack, account);
      const plan = task?.plan;
      if (task === undefined || plan?.pack !== pack.name || !finds(operation, plan)) {
        return { type: 'unknown', task: null, answer: unknownTask(pack, taskId, call, operation) };
      }
      if (!isVisible(plan, now))
        return { type: 'unknown', task, answer: unknownTask(pack, taskId, call, operation) };
      const view = viewTask(plan, now, isAbandoned(task));
      const answer = rendered.answerOf(operation, { plan, view, call });
      if (answer?.media !== undefined && view.expired) {
        const gone = 'the media of this task has expired';
        return { type: 'unknown', task, answer: pack.errors.forRole('unknownTask', gone, call) };
      }
      if (answer === null) return { type: 'unknown', task, answer: outdated(pack, view, call) };
      return {
        type: 'found',
        task,
        answer,
        fault: faultOf(plan, (earlier ?? task.polls) + 1),
        state: view.state,
      };
    },
    list(pack, operation, account, asked) {
      const request = { ...asked, now: clock.now() };
      return pageOfTasks(newestOf(pack, operation, account, request), operation, request);
    },
  };
}

/** Whether the operation finds tasks of this plan's kind. */
function finds({ kinds }: Pick<PollOperation, 'kinds'>, { kind }: Plan): boolean {
  return kinds === null || kinds.has(kind);
}

function faultOf({ scenario }: Plan, n: number): PollFault | null {
  return scenario.polls.length === 0 ? null : faultOfPoll(scenario.polls, n);
}

/** @param operation the one that was called, if it may have an answer of its own */
export function unknownTask(
  pack: Pack,
  taskId: string,
  call?: RequestParts,
  operation?: Pick<PollOperation, 'unknownTask'>,
): Answer {
  const detail = `${taskId} is not a known task`;
  return operation?.unknownTask?.(detail, call) ?? pack.errors.forRole('unknownTask', detail, call);
}

/** The task ended in a state that its pack had before an edit. */
function outdated(pack: Pack, { state }: TaskView, call?: RequestParts): Answer {
  return pack.errors.forRole('internal', `the edited pack does not define the state "${state}"`, call);
}
