import type { Plan, Scenario } from '../core/types.ts';
import { viewState } from '../core/view.ts';
import type { Clock } from '../delivery/clock.ts';
import type { Tracing } from '../delivery/tracing.ts';
import type { ByteBudget } from '../journal/byte-budget.ts';
import type { Journal } from '../journal/journal.ts';
import type { PlanPacker } from '../journal/packed-plan.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';
import type { Answer } from '../packs/error-answers.ts';
import { NOWHERE } from '../packs/outside-body.ts';
import type { Pack } from '../packs/pack.ts';
import type { RequestParts } from '../packs/request-parts.ts';
import { renderSole } from '../packs/state-answer.ts';
import type { RateLimit } from '../packs/vendor-rules.ts';
import { checkParent } from './check-parent.ts';
import { derivedSeed } from './derived-tasks.ts';
import { findTask } from './find-task.ts';
import type { PlanFor } from './plan-for.ts';
import type { RateWindows } from './rate-windows.ts';
import type { Schedule } from './schedule.ts';
import type { Submission } from './submission.ts';
import type { SeedFor } from './submission-seeds.ts';

export type SubmitResult =
  | { readonly type: 'accepted'; readonly task: TaskRecord; readonly answer: Answer }
  | { readonly type: 'refused'; readonly answer: Answer };

/** Plans tasks, or refuses them as the vendor would. */
export interface Submissions {
  submit(submission: Submission): SubmitResult;
  /** Why submissions are refused for lack of memory; null while they are accepted. */
  readonly full: string | null;
}

export interface SubmissionsOptions {
  readonly tasks: Pick<TaskStore, 'get' | 'find'>;
  readonly journal: Pick<Journal, 'append' | 'subscribe'>;
  readonly clock: Pick<Clock, 'now' | 'touch'>;
  readonly schedule: Pick<Schedule, 'hasRoomFor' | 'update'>;
  readonly packer: PlanPacker;
  readonly rates: Pick<RateWindows, 'wait'>;
  readonly budget: Pick<ByteBudget, 'limit'>;
  readonly seedFor: SeedFor;
  readonly planFor: PlanFor;
  /** Null unless traces are exported. */
  readonly tracing: Tracing | null;
  /** Called when a task has reached its first step. */
  readonly onReached: (task: TaskRecord, plan: Plan, step: number) => void;
}

export function createSubmissions(options: SubmissionsOptions): Submissions {
  const { tasks, journal, clock, schedule, packer, rates, budget, seedFor, planFor, tracing, onReached } =
    options;
  let full: string | null = null;

  journal.subscribe(({ type }) => {
    if (type === 'server.reset') full = null;
  });

  /** Returns the answer that refuses a submission regardless of its content; null when it may be accepted. */
  function refusalOf({ pack, account, bodyText, call }: Submission): Answer | null {
    const { waitMs, rate } = rates.wait(pack, account, clock.now());
    if (waitMs > 0) return tooMany(pack, rate, waitMs, call);
    full = schedule.hasRoomFor(bodyText) ? null : fullText(budget);
    return full === null ? null : pack.errors.forRole('internal', full, call);
  }

  function isTaken({ pack, account }: Submission, alias: string): boolean {
    return tasks.find(alias, { pack: pack.name, account }) !== undefined;
  }

  function enter(plan: Plan, seed: string, { bodyText: text, outside }: Submission): TaskRecord {
    const { taskId } = plan;
    journal.append({ type: 'task.submitted', taskId, packed: packer.pack(plan, text), seed });
    const task = tasks.get(taskId);
    if (task === undefined) throw new Error(`task ${taskId} is missing from the store after its submission`);
    tracing?.begin(plan, (outside ?? NOWHERE).header);
    onReached(task, plan, 0);
    schedule.update(task);
    clock.touch();
    return task;
  }

  return {
    submit(submission) {
      const { pack, operation } = submission;
      const refusal = refusalOf(submission);
      if (refusal !== null) return { type: 'refused', answer: refusal };
      const aliases = chosenIds(submission);
      const taken =
        pack.aliases?.areUnique === true ? aliases.find((alias) => isTaken(submission, alias)) : undefined;
      if (taken !== undefined) {
        const detail = `${taken} is already the id of another task`;
        return { type: 'refused', answer: pack.errors.forRole('duplicateAlias', detail, submission.call) };
      }
      const taskOf = (id: string): TaskRecord | undefined => findTask(tasks, id, pack, submission.account);
      const parent = checkParent(operation, submission, taskOf, clock.now());
      if (parent.type === 'refuse') {
        return { type: 'refused', answer: pack.errors.forRole(parent.role, parent.because, submission.call) };
      }
      const kind = operation.kindOf(submission.request, submission.pathParams ?? null);
      if (kind === null) return { type: 'refused', answer: pack.errors.forRole('invalid', NO_KIND) };
      const seed = derivedSeed(submission) ?? seedFor(submission);
      const scenario = scenarioOf(submission, parent.fail);
      const plan = planFor(submission, { scenario, parentId: parent.id, seed, kind, aliases });
      const task = enter(plan, seed, submission);
      const view = viewState(plan, plan.steps[0]?.state ?? '', plan.submittedAt);
      return {
        type: 'accepted',
        task,
        answer: renderSole(operation, { plan, view, call: submission.call }),
      };
    },
    get full() {
      return full;
    },
  };
}

/** Returns the ids that a client chose for the new task. */
function chosenIds({ pack, request, pathParams, outside }: Submission): readonly string[] {
  if (pack.aliases === null) return NO_ALIASES;
  const parts = { ...(outside ?? NOWHERE), body: request, pathParams: pathParams ?? {} };
  return pack.aliases.of(parts);
}

const NO_ALIASES: readonly string[] = [];

/** Only if the document allows values for which the pack does not define a kind. */
const NO_KIND = 'the mock does not know what the request creates';

/** A task whose parent is unusable fails, unless its scenario already names a failure. */
function scenarioOf({ scenario }: Submission, failure: string | null): Scenario {
  return failure === null || scenario.failure !== null ? scenario : { ...scenario, failure };
}

function tooMany(pack: Pack, rate: RateLimit | null, waitMs: number, call: RequestParts | undefined): Answer {
  const seconds = Math.ceil(waitMs / 1000);
  const answer = pack.errors.forRole('rateLimited', undefined, call);
  return rate?.retryAfter
    ? { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } }
    : answer;
}

function fullText({ limit }: Pick<ByteBudget, 'limit'>): string {
  return `The mock is out of memory for tasks: unfinished tasks occupy what --keep-bytes allows (${limit} bytes in total). Let tasks end, reset the mock, or start it with a larger --keep-bytes.`;
}
