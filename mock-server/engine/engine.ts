import { amendOutcome } from '../core/amend.ts';
import { CodedError } from '../core/coded-error.ts';
import { planTask, taskIdOf } from '../core/plan.ts';
import { deliveryId, nextDeliveryNumber } from '../core/promise-callbacks.ts';
import { digest } from '../core/random.ts';
import type {
  Account,
  Announcement,
  Capacity,
  DeliveryPolicy,
  JsonObject,
  KindRules,
  Outcome,
  PathParams,
  Plan,
  PollFault,
  Scenario,
  Signal,
  TaskId,
} from '../core/types.ts';
import { faultOfPoll, isVisible, stepsReached, type TaskView, viewState, viewTask } from '../core/view.ts';
import type { Clock, ClockMove } from '../delivery/clock.ts';
import type { Courier } from '../delivery/courier.ts';
import { createDeliveries } from '../delivery/deliveries.ts';
import { type ByteBudget, bytesOfText, createByteBudget } from '../journal/byte-budget.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalRecord } from '../journal/journal-record.ts';
import { inconsistencyOf } from '../journal/misfit.ts';
import { createPlanPacker, longRequestOf } from '../journal/packed-plan.ts';
import type { UseRecord } from '../journal/read-entries.ts';
import {
  createTaskStore,
  deliveriesOf,
  isAbandoned,
  type TaskRecord,
  type TaskStore,
} from '../journal/task-store.ts';
import { closeRecord } from '../journal/unpack-record.ts';
import type { Answer } from '../packs/error-answers.ts';
import type {
  CancelOperation,
  DeleteOperation,
  ListOperation,
  Pack,
  PackEvent,
  PollOperation,
  RateLimit,
  SubmitOperation,
  TaskPage,
} from '../packs/pack.ts';
import { unknownScenario } from '../scenarios/parse-scenario.ts';
import { createAgenda } from './agenda.ts';
import { checkParent } from './check-parent.ts';
import { type PageRequest, pageOfTasks } from './list-tasks.ts';
import { createRateWindows } from './rate-windows.ts';
import { createScenarioStore, type ScenarioStore } from './scenario-store.ts';
import type { Settings } from './settings.ts';
import { createSlots } from './slots.ts';
import { createSubmissionCounts } from './submission-counts.ts';

export interface Submission {
  readonly pack: Pack;
  readonly operation: SubmitOperation;
  readonly account: Account;
  readonly request: JsonObject;
  /** The path parameters, or null. */
  readonly pathParams?: PathParams | null;
  /** The body as received. Equal requests are distinguished by a counter. */
  readonly bodyText: string;
  /** Whether the body has numbers that would not be serialized as they were written. */
  readonly hasOddNumbers?: boolean;
  readonly scenario: Scenario;
  readonly origin: string;
  /** The task passes through all of its states immediately. */
  readonly instant?: boolean;
}

export type SubmitResult =
  | { readonly type: 'accepted'; readonly task: TaskRecord; readonly answer: Answer }
  | { readonly type: 'refused'; readonly answer: Answer };

export interface CancelResult {
  /** Null when the task does not exist. */
  readonly taskId: TaskId | null;
  readonly answer: Answer;
}

export type PollResult =
  | {
      readonly type: 'found';
      readonly task: TaskRecord;
      readonly answer: Answer;
      readonly fault: PollFault | null;
      readonly state: string;
    }
  /** The task is set when it exists but is not yet visible; null when it does not exist. */
  | { readonly type: 'unknown'; readonly task: TaskRecord | null; readonly answer: Answer };

/** Simulates the vendor: accepts submissions, answers polls and sends callbacks. Independent of HTTP. */
export interface Engine {
  readonly tasks: TaskStore;
  readonly scenarios: ScenarioStore;
  submit(submission: Submission): SubmitResult;
  poll(pack: Pack, operation: PollOperation, taskId: string): PollResult;
  cancel(pack: Pack, operation: CancelOperation, taskId: string): CancelResult;
  /** Removes a task permanently, in any state. */
  delete(pack: Pack, operation: DeleteOperation, taskId: string): CancelResult;
  /** Returns a page of the account's visible tasks. */
  list(pack: Pack, operation: ListOperation, account: Account, asked: Omit<PageRequest, 'now'>): TaskPage;
  /** Whether each read advances time: true on the `polls` clock. */
  readonly pollsMoveTime: boolean;
  /** Advances time after a poll; the poll's response shows the state before it. */
  polled(task: TaskRecord): void;
  /** Resolves when the first callback attempt of a task has ended. */
  firstCallback(taskId: TaskId): Promise<void>;
  /** Sends the callback of the current state again. @throws {CodedError} TASK_UNKNOWN, NO_CALLBACK, MEMORY_FULL */
  redeliver(taskId: string): TaskRecord;
  /** Forces an outcome. @throws {CodedError} TASK_UNKNOWN, TASK_FINISHED, SCENARIO_UNKNOWN */
  amend(taskId: string, outcome: string): TaskRecord;
  /** Moves the clock and waits for everything that becomes due; see Clock. */
  advance(durationMs: number): Promise<void>;
  moveTo(at: number): Promise<void>;
  reset(): void;
  /** Removes a submission that could not be persisted, before its client or receiver learns of it. */
  withdraw(task: TaskRecord): void;
  /** Empties the journal's listing; tasks stay. */
  clearJournal(): void;
  /**
   * Checks that a changed pack still has everything that unfinished tasks of the previous version need.
   * @throws {CodedError} PACK_IN_USE
   */
  refuseIncomplete(pack: Pack): void;
  /** Restores the state of a previous run from its journal. */
  restore(readPast: (use: UseRecord) => void): void;
  /** Why submissions are rejected for lack of memory; null while they are accepted. */
  readonly full: string | null;
  /** The number of deliveries in flight. */
  readonly inFlight: number;
  /** The number of tasks with unsettled callbacks, counted on each read. */
  readonly calling: number;
  settled(): Promise<void>;
}

export interface EngineOptions {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly courier: Courier;
  readonly settings: Settings;
  /** Limits the memory of tasks; unlimited by default. */
  readonly budget?: ByteBudget;
}

interface Rendered {
  readonly operation: PollOperation;
  readonly state: string;
  readonly expired: boolean;
  readonly body: string;
}

/** The number of rendered responses, and of their characters, cached for the next poll of the same task. */
const CACHED_ANSWERS_LIMIT = 5000;
const CACHED_CHARACTERS_LIMIT = 8 * 1024 * 1024;

/** Longer responses, such as those that echo uploaded files, are rendered on every poll. */
const LONGEST_CACHED = 64 * 1024;

/** An estimate of a task's size without its request, made before the task is planned. */
const PLAN_BYTES = 1024;

/** Smaller agendas are not worth sweeping. */
const SWEEP_THRESHOLD = 64;

export function createEngine({
  packs,
  clock,
  journal,
  courier,
  settings,
  budget = createByteBudget(Number.POSITIVE_INFINITY),
}: EngineOptions): Engine {
  const tasks = createTaskStore(budget);
  const agenda = createAgenda<TaskRecord>();
  const scenarios = createScenarioStore(packs, journal, settings.scenario);
  const policies = new WeakMap<PackEvent, DeliveryPolicy>();
  const rates = createRateWindows(settings.speed);
  const slots = createSlots(
    settings.concurrency === null ? null : { slots: settings.concurrency, queue: settings.queue },
  );
  const packer = createPlanPacker();
  const rendered = new Map<string, Rendered>();
  let renderedCharacters = 0;
  const counts = createSubmissionCounts();
  const retired: string[] = [];
  let full: string | null = null;

  journal.subscribe(tasks.apply);
  journal.subscribe(counts.apply);
  journal.subscribe((record) => {
    if (record.type !== 'server.reset') return;
    agenda.clear();
    rendered.clear();
    renderedCharacters = 0;
    retired.length = 0;
    full = null;
    slots.clear();
    rates.clear();
  });

  const deliveries = createDeliveries({
    clock,
    courier,
    journal,
    packs,
    policyOf,
    taskOf: (id) => tasks.get(id),
    secret: settings.secret,
    userAgent: `stuntdouble/${settings.version}`,
    onEnded(taskId) {
      const task = tasks.get(taskId);
      if (task === undefined) return;
      schedule(task);
      retire(task);
      clock.touch();
    },
  });

  clock.drive({ nextAt: agenda.nextAt, runDue, settled: deliveries.settled, flights: deliveries.flights });

  /** Merges the vendor's policy with the user's settings and applies the speed. Computed once per event. */
  function policyOf(event: PackEvent): DeliveryPolicy {
    let policy = policies.get(event);
    if (policy === undefined) {
      const merged = { ...event.delivery, ...settings.delivery };
      policy = { ...merged, gapsMs: merged.gapsMs.map((gapMs) => Math.round(gapMs / settings.speed)) };
      policies.set(event, policy);
    }
    return policy;
  }

  function runDue(now: number): void {
    for (let dueAt = agenda.nextAt(); dueAt !== null && dueAt <= now; dueAt = agenda.nextAt()) {
      const task = agenda.take();
      // Rescheduling a task leaves its old entries in the agenda; outdated ones are skipped here.
      if (task !== undefined && task.scheduledAt === dueAt) visit(task, now);
    }
  }

  function visit(task: TaskRecord, now: number): void {
    task.scheduledAt = Number.POSITIVE_INFINITY;
    announce(task, now);
    deliveries.start(task, now);
    schedule(task);
    retire(task);
  }

  /** Keeps a finished task for a while; it is evicted after enough other tasks have finished. */
  function retire(task: TaskRecord): void {
    if (task.retired || isActive(task)) return;
    task.retired = true;
    retired.push(task.packed.type === 'whole' ? task.packed.plan.taskId : task.packed.taskId);
    // In batches, so that the eviction cost per task stays negligible.
    if (retired.length >= 2 * settings.keep) forgetOldest((n) => n >= settings.keep);
    else if (budget.used('tasks') > budget.finishedLimit) makeRoom();
  }

  /** Evicts to somewhat below the limit, so that not every finished task triggers another eviction. */
  function makeRoom(): void {
    const enough = budget.finishedLimit - budget.limit / 16;
    forgetOldest(() => budget.used('tasks') <= enough);
  }

  /**
   * Evicts finished tasks, oldest first.
   * @param isEnough receives the number of tasks processed so far
   */
  function forgetOldest(isEnough: (forgotten: number) => boolean): void {
    let n = 0;
    while (n < retired.length && !isEnough(n)) {
      const old = tasks.get(retired[n] ?? '');
      n += 1;
      if (old === undefined) continue;
      // An admin call started another delivery. The task retires again after that.
      if (isActive(old)) old.retired = false;
      else forget(old);
    }
    retired.splice(0, n);
    if (n > 0) slots.sweep(clock.now());
  }

  /** Admin deliveries are stored with their task, which cannot be evicted while they are pending. */
  function refuseIfFull(): void {
    if (hasRoomFor('')) return;
    throw new CodedError(
      'MEMORY_FULL',
      `unfinished tasks occupy all of the memory that --keep-bytes allows (${budget.limit} bytes in total)`,
      'Let tasks finish, reset the mock, or start it with a larger --keep-bytes.',
    );
  }

  /** Returns whether a request can be stored, after evicting finished tasks if necessary. */
  function hasRoomFor(text: string): boolean {
    const bytes = bytesOfText(text) + PLAN_BYTES;
    if (budget.used('tasks') + bytes <= budget.tasksLimit) return true;
    makeRoom();
    return budget.used('tasks') + bytes <= budget.tasksLimit;
  }

  /**
   * Returns whether a task has steps or deliveries left. A finished task is active again while a redelivery is
   * pending.
   */
  function isActive(task: TaskRecord): boolean {
    return task.announced < task.plan.steps.length || deliveries.isOpen(task);
  }

  function refuseIfMissing(task: TaskRecord, pack: Pack, remedy: string): void {
    const missing = isActive(task) ? missingFor(task, pack) : null;
    if (missing === null) return;
    throw new CodedError(
      'PACK_IN_USE',
      `task ${task.plan.taskId} is active and needs ${missing}, which the edit removed`,
      remedy,
    );
  }

  function forget(task: TaskRecord): void {
    const { taskId } = task.plan;
    task.scheduledAt = Number.POSITIVE_INFINITY;
    dropRendered(taskId);
    journal.append({ type: 'task.forgotten', taskId });
    // Each task needs one entry; the others are outdated or belong to removed tasks.
    if (agenda.size <= 2 * tasks.size + SWEEP_THRESHOLD) return;
    agenda.sweep((scheduled, dueAt) => scheduled.scheduledAt === dueAt);
  }

  function dropRendered(taskId: string): void {
    renderedCharacters -= rendered.get(taskId)?.body.length ?? 0;
    rendered.delete(taskId);
  }

  function announce(task: TaskRecord, now: number): void {
    const { plan } = task;
    const reached = stepsReached(plan, now);
    for (let index = task.announced; index < reached; index++) {
      const state = plan.steps[index]?.state ?? '';
      journal.append({ type: 'task.changed', taskId: plan.taskId, state, index });
    }
    if (!task.expired && plan.mediaExpiresAt !== null && plan.mediaExpiresAt <= now) {
      journal.append({ type: 'task.expired', taskId: plan.taskId });
    }
  }

  /** Returns when the task's next step or callback is due; infinity when both have ended. */
  function nextStepAt(task: TaskRecord): number {
    return Math.min(
      task.plan.steps[task.announced]?.at ?? Number.POSITIVE_INFINITY,
      deliveries.nextAt(task) ?? Number.POSITIVE_INFINITY,
    );
  }

  function schedule(task: TaskRecord): void {
    const expiresAt = task.expired ? null : task.plan.mediaExpiresAt;
    const nextAt = Math.min(nextStepAt(task), expiresAt ?? Number.POSITIVE_INFINITY);
    if (nextAt === task.scheduledAt) return;
    task.scheduledAt = nextAt;
    if (nextAt < Number.POSITIVE_INFINITY) agenda.add(nextAt, task);
  }

  function rateOf(pack: Pack): RateLimit | null {
    return settings.rate === 'as-documented' ? pack.rate : settings.rate;
  }

  /** Returns the response that rejects a submission, regardless of its content; null when it is accepted. */
  function refusalOf({ pack, account, bodyText }: Submission): Answer | null {
    const rate = rateOf(pack);
    const waitMs = rates.waitMs(rate, pack, account, clock.now());
    if (waitMs > 0) return tooMany(pack, rate, waitMs);
    full = hasRoomFor(bodyText) ? null : memoryFullMessage(budget);
    return full === null ? null : pack.errors.forRole('internal', full);
  }

  /** Returns a seed that no other task has had since the last reset. The same in every run. */
  function seedFor({ pack, operation, account, bodyText, pathParams = null }: Submission): string {
    const what = pathParams === null ? bodyText : `${JSON.stringify(pathParams)}|${bodyText}`;
    const request = digest(`${settings.seed}|${pack.name}|${operation.id}|${account}|${what}`);
    let passed = 0;
    let seed = counts.next(request, passed);
    // Journals of older versions contain tasks that were not counted.
    while (tasks.get(taskIdOf(operation.kind, seed)) !== undefined) {
      passed += 1;
      seed = counts.next(request, passed);
    }
    return seed;
  }

  function capacityFor({ waitsWithoutEnd }: KindRules, account: Account): Capacity | null {
    const capacity = slots.capacityOf(account, clock.now());
    return capacity !== null && waitsWithoutEnd ? { ...capacity, queue: Number.POSITIVE_INFINITY } : capacity;
  }

  function enter(plan: Plan, seed: string, text: string): TaskRecord {
    journal.append({ type: 'task.submitted', taskId: plan.taskId, packed: packer.pack(plan, text), seed });
    const task = requireTask(plan.taskId);
    slots.add(task);
    schedule(task);
    clock.touch();
    return task;
  }

  function requireTask(taskId: string): TaskRecord {
    const task = tasks.get(taskId);
    if (task !== undefined) return task;
    throw new CodedError(
      'TASK_UNKNOWN',
      `task "${taskId}" does not exist`,
      'List all tasks with GET /__admin/tasks.',
    );
  }

  function operationOf({ pack, operation }: Plan): { pack: Pack; operation: SubmitOperation } {
    const found = packs.get(pack);
    const submit = found?.operations.find((candidate) => candidate.id === operation);
    if (found === undefined || submit?.type !== 'submit') {
      throw new CodedError('NO_CALLBACK', `the pack no longer defines the operation "${operation}"`);
    }
    return { pack: found, operation: submit };
  }

  /** Yields matching tasks lazily, because a page needs only the first ones. */
  function* newestOf(pack: Pack, { kinds }: ListOperation, account: Account, now: number) {
    for (const task of tasks.newest(account)) {
      const { plan } = task;
      const isMatch = plan.pack === pack.name && (kinds === null || kinds.has(plan.kind));
      if (isMatch && isVisible(plan, now)) yield task;
    }
  }

  /** Moves up the account's queued tasks after a slot became free. */
  function moveUp(account: Account): void {
    for (const { task, plan } of slots.earlierStarts(account, clock.now())) {
      amendPlan(task, plan, 'a slot became free');
    }
  }

  function resumeTask(task: TaskRecord): void {
    const pack = packs.get(task.plan.pack);
    if (pack === undefined) {
      throw new CodedError(
        'DATA_DAMAGED',
        `the journal has tasks of the pack "${task.plan.pack}", which is not loaded`,
        'Load it with --pack, or start with another --data folder.',
      );
    }
    refuseIfMissing(task, pack, 'Restore it, or start with another --data folder.');
    deliveries.endInterrupted(task);
    slots.add(task);
    schedule(task);
    retire(task);
  }

  function noteSubmission({ pack: name, account, submittedAt }: Plan): void {
    const pack = packs.get(name);
    if (pack !== undefined) rates.note(rateOf(pack), pack, account, submittedAt);
  }

  async function recordMove(move: Promise<ClockMove | null>): Promise<void> {
    const moved = await move;
    if (moved !== null) journal.append({ type: 'clock.moved', ...moved });
  }

  /** Caches rendered responses: a task's response changes only with its state, and clients poll many times. */
  function render(operation: PollOperation, plan: Plan, view: TaskView): string | null {
    const known = rendered.get(plan.taskId);
    const { state, expired } = view;
    if (known?.operation === operation && known.state === state && known.expired === expired)
      return known.body;
    const body = operation.answers.get(state)?.({ plan, view }) ?? null;
    if (body === null || body.length > LONGEST_CACHED || operation.moving.has(state)) return body;
    dropRendered(plan.taskId);
    if (rendered.size >= CACHED_ANSWERS_LIMIT || renderedCharacters >= CACHED_CHARACTERS_LIMIT) {
      rendered.clear();
      renderedCharacters = 0;
    }
    rendered.set(plan.taskId, { operation, state, expired, body });
    renderedCharacters += body.length;
    return body;
  }

  function amendPlan(task: TaskRecord, plan: Plan, reason: string): void {
    dropRendered(plan.taskId);
    const packed = packer.pack(plan, longRequestOf(task.packed) ?? undefined);
    journal.append({ type: 'task.amended', taskId: plan.taskId, packed, reason });
    slots.update(task);
    schedule(task);
  }

  function withdraw(task: TaskRecord): void {
    const { account } = task.plan;
    slots.remove(task);
    forget(task);
    moveUp(account);
    clock.touch();
  }

  /** Forces the outcome of a running task. */
  function endNow(task: TaskRecord, outcome: Outcome, reason: string): void {
    const { operation } = operationOf(task.plan);
    const plan = amendOutcome({
      plan: task.plan,
      rules: operation.kind,
      announcement: announcementOf(operation, task.plan.request),
      outcome,
      now: clock.now(),
      speed: settings.speed,
      lastExtra: task.extra.at(-1),
    });
    amendPlan(task, plan, reason);
    moveUp(plan.account);
    clock.touch();
  }

  return {
    tasks,
    scenarios,
    submit(submission) {
      const { pack, operation, request, pathParams = null } = submission;
      const refusal = refusalOf(submission);
      if (refusal !== null) return { type: 'refused', answer: refusal };
      const parent = checkParent(operation, submission, (id) => tasks.get(id), clock.now());
      if (parent.type === 'refuse') {
        return { type: 'refused', answer: pack.errors.forRole(parent.role, parent.because) };
      }
      const scenario =
        parent.fail === null || submission.scenario.failure !== null
          ? submission.scenario
          : { ...submission.scenario, failure: parent.fail };
      const seed = seedFor(submission);
      const plan = planTask({
        rules: operation.kind,
        operation: operation.id,
        account: submission.account,
        scenario,
        request,
        requestText: submission.hasOddNumbers === true ? submission.bodyText : null,
        pathParams,
        parentId: parent.id,
        announcement: announcementOf(operation, request),
        origin: submission.origin,
        seed,
        submittedAt: clock.now(),
        speed: settings.speed,
        instant: submission.instant ?? false,
        capacity:
          // A vendor without a concurrency failure has no concurrency limit.
          isLimited(operation.kind) ? capacityFor(operation.kind, submission.account) : null,
      });
      rates.count(rateOf(pack), pack, submission.account, clock.now());
      const task = enter(plan, seed, submission.bodyText);
      const body = operation.answer({
        plan,
        view: viewState(plan, plan.steps[0]?.state ?? '', plan.submittedAt),
      });
      return {
        type: 'accepted',
        task,
        answer: { status: operation.status, body },
      };
    },
    poll(pack, operation, taskId) {
      const task = tasks.get(taskId);
      const now = clock.now();
      if (task === undefined || task.plan.pack !== pack.name) {
        return { type: 'unknown', task: null, answer: unknownTask(pack, taskId) };
      }
      const { plan } = task;
      if (!isVisible(plan, now)) return { type: 'unknown', task, answer: unknownTask(pack, taskId) };
      const view = viewTask(plan, now, isAbandoned(task));
      const body = render(operation, plan, view);
      if (body === null) return { type: 'unknown', task, answer: outdated(pack, view) };
      const fault =
        plan.scenario.polls.length === 0 ? null : faultOfPoll(plan.scenario.polls, task.polls + 1);
      return { type: 'found', task, answer: { status: 200, body }, fault, state: view.state };
    },
    cancel(pack, operation, taskId) {
      const task = tasks.get(taskId);
      const now = clock.now();
      if (task === undefined || task.plan.pack !== pack.name || !isVisible(task.plan, now)) {
        return { taskId: null, answer: unknownTask(pack, taskId) };
      }
      const { finishedAt } = viewTask(task.plan, now);
      if (finishedAt === null) endNow(task, { type: 'canceled' }, 'canceled by the client');
      const { plan } = task;
      const view = viewTask(plan, now, isAbandoned(task));
      const body = operation.answers?.get(view.state)?.({ plan, view }) ?? '';
      if (finishedAt !== null && operation.whenFinished === 'forget') forget(task);
      return { taskId: plan.taskId, answer: { status: operation.status, body } };
    },
    delete(pack, operation, taskId) {
      const task = tasks.get(taskId);
      if (task === undefined || task.plan.pack !== pack.name || !isVisible(task.plan, clock.now())) {
        return { taskId: null, answer: unknownTask(pack, taskId) };
      }
      const { taskId: id } = task.plan;
      withdraw(task);
      return { taskId: id, answer: { status: operation.status, body: '' } };
    },
    list(pack, operation, account, asked) {
      const now = clock.now();
      return pageOfTasks(newestOf(pack, operation, account, now), operation, { ...asked, now });
    },
    pollsMoveTime: clock.mode === 'polls',
    polled(task) {
      if (clock.mode !== 'polls') return;
      const { visibleAt } = task.plan;
      // Media expiry is not a step: reading a final state must not expire the media.
      const stepAt = nextStepAt(task);
      const fromAt = clock.now();
      const nextAt = visibleAt > fromAt ? Math.min(visibleAt, stepAt) : stepAt;
      if (nextAt === Number.POSITIVE_INFINITY || nextAt <= fromAt) return;
      clock.jump(nextAt);
      journal.append({ type: 'clock.moved', fromAt, toAt: clock.now() });
    },
    firstCallback: deliveries.firstEnded,
    redeliver(taskId) {
      requireTask(taskId);
      refuseIfFull();
      // Evicting tasks to free memory may have removed this one.
      const task = requireTask(taskId);
      const { plan } = task;
      const last = plan.callbacks.at(-1);
      const { operation } = operationOf(plan);
      const announcement = announcementOf(operation, plan.request);
      const state = viewTask(plan, clock.now()).state;
      if (announcement === null || (announcement.signals.get(state) ?? []).length === 0) {
        const why =
          announcement === null
            ? 'the request did not name a callback URL'
            : `no callback is sent in state "${state}"`;
        throw new CodedError('NO_CALLBACK', `task "${taskId}" has no callback to send: ${why}`);
      }
      const delivery = {
        id: deliveryId(nextDeliveryNumber([...plan.callbacks, ...task.extra.slice(-1)])),
        event: announcement.event,
        url: last?.url ?? announcement.url,
        state,
        dueAt: clock.now(),
        after: null,
        flaw: null,
        retries: null,
      };
      journal.append({ type: 'delivery.promised', taskId: plan.taskId, delivery });
      schedule(task);
      clock.touch();
      return task;
    },
    amend(taskId, wanted) {
      const task = requireTask(taskId);
      const now = clock.now();
      const { pack, operation } = operationOf(task.plan);
      const outcome = parseOutcome(wanted, pack, operation);
      const { finishedAt, state } = viewTask(task.plan, now);
      if (finishedAt !== null) {
        throw new CodedError('TASK_FINISHED', `task "${taskId}" has already ended as "${state}"`);
      }
      endNow(task, outcome, `outcome forced to ${wanted}`);
      return task;
    },
    advance: (durationMs) => recordMove(clock.advance(durationMs)),
    moveTo: (at) => recordMove(clock.moveTo(at)),
    reset() {
      courier.interrupt();
      clock.reset();
      journal.append({ type: 'server.reset' });
    },
    withdraw,
    clearJournal: () => journal.clear((id) => tasks.get(id) !== undefined),
    refuseIncomplete(pack) {
      for (const task of tasks.all()) {
        if (task.plan.pack !== pack.name) continue;
        refuseIfMissing(
          task,
          pack,
          'Restore it, let the task finish, or reset the mock: POST /__admin/reset',
        );
      }
    },
    restore(readPast) {
      const past: { last?: JournalRecord } = {};
      readPast((open) => {
        const inconsistency = inconsistencyOf(open, tasks);
        if (inconsistency !== null) return inconsistency;
        const record = closeRecord(open, packer);
        journal.replay(record);
        if (open.type === 'task.submitted') noteSubmission(open.plan);
        past.last = record;
        return null;
      });
      if (past.last === undefined) return;
      clock.resume(past.last);
      for (const task of tasks.all()) resumeTask(task);
      clock.touch();
    },
    get full() {
      return full;
    },
    get inFlight() {
      return deliveries.inFlight;
    },
    get calling() {
      let calling = 0;
      for (const task of tasks.all()) if (!task.retired && deliveries.isOpen(task)) calling += 1;
      return calling;
    },
    settled: deliveries.settled,
  };
}

/** Returns what an active task needs and a pack lacks; null when nothing is missing. */
function missingFor(task: TaskRecord, pack: Pack): string | null {
  const { operation, steps, outcome } = task.plan;
  if (outcome.type === 'failure' && !pack.failures.has(outcome.slug)) return `the failure "${outcome.slug}"`;
  if (!pack.operations.some(({ id, type }) => id === operation && type === 'submit')) {
    return `the operation "${operation}"`;
  }
  for (const { event, state } of deliveriesOf(task)) {
    if (pack.events.get(event)?.bodies.has(state) !== true) return `a body of "${event}" for "${state}"`;
  }
  const polls = pack.operations.filter((candidate) => candidate.type === 'poll');
  const state = steps.find((step) => polls.some(({ answers }) => !answers.has(step.state)))?.state;
  return state === undefined ? null : `the state "${state}"`;
}

/** Returns how a task created by this request announces its states; null when the request has no callback URL. */
export function announcementOf(operation: SubmitOperation, request: JsonObject): Announcement | null {
  const url = operation.callbackUrlOf(request);
  if (operation.event === null || typeof url !== 'string' || url === '') return null;
  return { event: operation.event.name, url, signals: requestedSignals(operation.event, request) };
}

/** Returns the signals that a client requested: all of them when it did not specify any. */
function requestedSignals({ signals, wantedBy }: PackEvent, request: JsonObject): PackEvent['signals'] {
  const wanted = wantedBy?.(request);
  if (!Array.isArray(wanted) || wanted.length === 0) return signals;
  const chosen = (all: readonly Signal[]) => all.filter(({ name }) => wanted.includes(name));
  return new Map([...signals].map(([state, all]) => [state, chosen(all)]));
}

function memoryFullMessage({ limit }: ByteBudget): string {
  return `The mock is out of memory for tasks: unfinished tasks occupy all of the memory that --keep-bytes allows (${limit} bytes in total). Let tasks finish, reset the mock, or start it with a larger --keep-bytes.`;
}

function isLimited({ concurrencyFailure, waitsWithoutEnd }: KindRules): boolean {
  return concurrencyFailure !== null || waitsWithoutEnd;
}

function unknownTask(pack: Pack, taskId: string): Answer {
  return pack.errors.forRole('unknownTask', `${taskId} is not a known task`);
}

/** Returns the response for a task in a state that its pack had only before it was edited. */
function outdated(pack: Pack, { state }: TaskView): Answer {
  return pack.errors.forRole('internal', `the pack was edited and no longer defines the state "${state}"`);
}

function tooMany(pack: Pack, rate: RateLimit | null, waitMs: number): Answer {
  const seconds = Math.ceil(waitMs / 1000);
  const answer = pack.errors.forRole('rateLimited');
  return rate?.retryAfter ? { ...answer, headers: { 'retry-after': String(seconds) } } : answer;
}

function parseOutcome(name: string, pack: Pack, { kind }: SubmitOperation): Outcome {
  if (name === 'success') return { type: 'success' };
  if (name === 'canceled' && kind.ends.canceled !== null) return { type: 'canceled' };
  const slug = name.startsWith('fail.') ? name.slice(5) : '';
  if (pack.failures.has(slug)) return { type: 'failure', slug };
  throw unknownScenario(name, [pack]);
}
