import type { Account, Plan, PollFault } from '../core/types.ts';
import { faultOfPoll, isVisible, type TaskView, viewTask } from '../core/view.ts';
import type { Clock } from '../delivery/clock.ts';
import { isAbandoned, type TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';
import type { Answer } from '../packs/error-answers.ts';
import type { ListOperation, Pack, PollOperation, TaskPage } from '../packs/pack.ts';
import { type PageRequest, pageOfTasks } from './list-tasks.ts';
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

/** Answers calls that only read tasks. */
export interface Answers {
  /** @param earlier the number of earlier polls of the task; by default those that the journal has */
  poll(pack: Pack, operation: PollOperation, taskId: string, earlier?: number): PollResult;
  /** A page of the account's visible tasks. */
  list(pack: Pack, operation: ListOperation, account: Account, asked: Omit<PageRequest, 'now'>): TaskPage;
}

export interface AnswersOptions {
  readonly tasks: TaskStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly rendered: RenderedAnswers;
}

export function createAnswers({ tasks, clock, rendered }: AnswersOptions): Answers {
  /** Stops at the end of the page that is asked for. */
  function* newestOf(pack: Pack, { kinds }: ListOperation, account: Account, now: number) {
    for (const task of tasks.newest(account)) {
      const { plan } = task;
      const isMeant = plan.pack === pack.name && (kinds === null || kinds.has(plan.kind));
      if (isMeant && isVisible(plan, now)) yield task;
    }
  }

  return {
    poll(pack, operation, taskId, earlier) {
      const now = clock.now();
      const task = tasks.get(taskId);
      const plan = task?.plan;
      if (task === undefined || plan?.pack !== pack.name) {
        return { type: 'unknown', task: null, answer: unknownTask(pack, taskId) };
      }
      if (!isVisible(plan, now)) return { type: 'unknown', task, answer: unknownTask(pack, taskId) };
      const view = viewTask(plan, now, isAbandoned(task));
      const body = rendered.bodyOf(operation, plan, view);
      if (body === null) return { type: 'unknown', task, answer: outdated(pack, view) };
      return {
        type: 'found',
        task,
        answer: { status: 200, body },
        fault: faultOf(plan, (earlier ?? task.polls) + 1),
        state: view.state,
      };
    },
    list(pack, operation, account, asked) {
      const now = clock.now();
      return pageOfTasks(newestOf(pack, operation, account, now), operation, { ...asked, now });
    },
  };
}

function faultOf({ scenario }: Plan, n: number): PollFault | null {
  return scenario.polls.length === 0 ? null : faultOfPoll(scenario.polls, n);
}

export function unknownTask(pack: Pack, taskId: string): Answer {
  return pack.errors.forRole('unknownTask', `${taskId} is not a known task`);
}

/** The task ended in a state that its pack had before an edit. */
function outdated(pack: Pack, { state }: TaskView): Answer {
  return pack.errors.forRole('internal', `the edited pack does not define the state "${state}"`);
}
