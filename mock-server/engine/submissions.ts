import { planTask, taskIdOf } from '../core/plan.ts';
import { digest } from '../core/random.ts';
import type { Account, Capacity, JsonObject, KindRules, PathParams, Plan, Scenario } from '../core/types.ts';
import { viewState } from '../core/view.ts';
import type { Clock } from '../delivery/clock.ts';
import type { ByteBudget } from '../journal/byte-budget.ts';
import type { Journal } from '../journal/journal.ts';
import type { PlanPacker } from '../journal/packed-plan.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';
import type { Answer } from '../packs/error-answers.ts';
import type { Pack, RateLimit, SubmitOperation } from '../packs/pack.ts';
import { announcementOf } from './announcement.ts';
import { checkParent } from './check-parent.ts';
import type { RateWindows } from './rate-windows.ts';
import type { Schedule } from './schedule.ts';
import type { Settings } from './settings.ts';
import type { Slots } from './slots.ts';
import type { SubmissionCounts } from './submission-counts.ts';

/** A request that creates a task. */
export interface Submission {
  readonly pack: Pack;
  readonly operation: SubmitOperation;
  readonly account: Account;
  readonly request: JsonObject;
  /** Parameters of the path; null when it has none. */
  readonly pathParams?: PathParams | null;
  /** The body as it was received: equal bodies are numbered, so that their tasks have different ids. */
  readonly bodyText: string;
  /** Whether the body has numbers that JSON.stringify would write differently. */
  readonly hasOddNumbers?: boolean;
  readonly scenario: Scenario;
  readonly origin: string;
  /** Whether the task reaches its end at once. */
  readonly instant?: boolean;
}

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
  readonly tasks: TaskStore;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly packer: PlanPacker;
  readonly slots: Slots;
  readonly rates: RateWindows;
  readonly counts: SubmissionCounts;
  readonly budget: ByteBudget;
  readonly settings: Pick<Settings, 'seed' | 'speed'>;
}

export function createSubmissions(options: SubmissionsOptions): Submissions {
  const { tasks, journal, clock, schedule, packer, slots, rates, counts, budget, settings } = options;
  let full: string | null = null;

  journal.subscribe(({ type }) => {
    if (type === 'server.reset') full = null;
  });

  /** The answer that refuses a submission whatever it asks for; null when it may be accepted. */
  function refusalOf({ pack, account, bodyText }: Submission): Answer | null {
    const { waitMs, rate } = rates.wait(pack, account, clock.now());
    if (waitMs > 0) return tooMany(pack, rate, waitMs);
    full = schedule.hasRoomFor(bodyText) ? null : fullText(budget);
    return full === null ? null : pack.errors.forRole('internal', full);
  }

  /** A seed that no other task has had since the last reset, and that is the same in every run. */
  function seedFor({ pack, operation, account, bodyText, pathParams = null }: Submission): string {
    const what = pathParams === null ? bodyText : `${JSON.stringify(pathParams)}|${bodyText}`;
    const request = digest(`${settings.seed}|${pack.name}|${operation.id}|${account}|${what}`);
    let skipped = 0;
    let seed = counts.next(request, skipped);
    // Journals of earlier versions contain tasks that were not counted.
    while (tasks.get(taskIdOf(operation.kind, seed)) !== undefined) {
      skipped += 1;
      seed = counts.next(request, skipped);
    }
    return seed;
  }

  function capacityFor(rules: KindRules, account: Account): Capacity | null {
    if (!hasLimit(rules)) return null;
    const capacity = slots.capacityOf(account, clock.now());
    if (capacity === null || !rules.waitsWithoutEnd) return capacity;
    return { ...capacity, queue: Number.POSITIVE_INFINITY };
  }

  function enter(plan: Plan, seed: string, text: string): TaskRecord {
    const { taskId } = plan;
    journal.append({ type: 'task.submitted', taskId, packed: packer.pack(plan, text), seed });
    const task = tasks.get(taskId);
    if (task === undefined) throw new Error(`task ${taskId} is missing from the store after its submission`);
    schedule.update(task);
    clock.touch();
    return task;
  }

  function planOf(
    submission: Submission,
    scenario: Scenario,
    parentId: Plan['parentId'],
    seed: string,
  ): Plan {
    const { operation, account, request, pathParams = null } = submission;
    return planTask({
      rules: operation.kind,
      operation: operation.id,
      account,
      scenario,
      request,
      requestText: submission.hasOddNumbers === true ? submission.bodyText : null,
      pathParams,
      parentId,
      announcement: announcementOf(operation, request),
      origin: submission.origin,
      seed,
      submittedAt: clock.now(),
      speed: settings.speed,
      instant: submission.instant ?? false,
      capacity: capacityFor(operation.kind, account),
    });
  }

  return {
    submit(submission) {
      const { pack, operation } = submission;
      const refusal = refusalOf(submission);
      if (refusal !== null) return { type: 'refused', answer: refusal };
      const parent = checkParent(operation, submission, tasks.get, clock.now());
      if (parent.type === 'refuse') {
        return { type: 'refused', answer: pack.errors.forRole(parent.role, parent.because) };
      }
      const seed = seedFor(submission);
      const plan = planOf(submission, scenarioOf(submission, parent.fail), parent.id, seed);
      const task = enter(plan, seed, submission.bodyText);
      const view = viewState(plan, plan.steps[0]?.state ?? '', plan.submittedAt);
      return {
        type: 'accepted',
        task,
        answer: { status: operation.status, body: operation.answer({ plan, view }) },
      };
    },
    get full() {
      return full;
    },
  };
}

/** A task whose parent is unusable fails, unless its scenario already names a failure. */
function scenarioOf({ scenario }: Submission, failure: string | null): Scenario {
  return failure === null || scenario.failure !== null ? scenario : { ...scenario, failure };
}

/** A vendor that has no way to report a limit has none. */
function hasLimit({ concurrencyFailure, waitsWithoutEnd }: KindRules): boolean {
  return concurrencyFailure !== null || waitsWithoutEnd;
}

function tooMany(pack: Pack, rate: RateLimit | null, waitMs: number): Answer {
  const seconds = Math.ceil(waitMs / 1000);
  const answer = pack.errors.forRole('rateLimited');
  return rate?.retryAfter ? { ...answer, headers: { 'retry-after': String(seconds) } } : answer;
}

function fullText({ limit }: ByteBudget): string {
  return `The mock is out of memory for tasks: unfinished tasks occupy what --keep-bytes allows (${limit} bytes in total). Let tasks end, reset the mock, or start it with a larger --keep-bytes.`;
}
