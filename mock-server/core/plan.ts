import { slotFreeAt } from './capacity.ts';
import { pathWithId } from './path-with-id.ts';
import { promiseCallbacks } from './promise-callbacks.ts';
import { createRandom, type Random } from './random.ts';
import { stepsOf } from './steps-of.ts';
import type {
  Account,
  Announcement,
  Capacity,
  Ends,
  JsonObject,
  KindRules,
  Outcome,
  PathParams,
  Plan,
  Scenario,
  Slot,
  Step,
  StepRule,
  TaskId,
} from './types.ts';

export interface PlanInput {
  readonly rules: KindRules;
  readonly operation: string;
  readonly account: Account;
  readonly scenario: Scenario;
  readonly request: JsonObject;
  /** See `Plan.requestText`; null by default. */
  readonly requestText?: string | null;
  readonly pathParams: PathParams | null;
  readonly parentId: TaskId | null;
  readonly announcement: Announcement | null;
  /** See `Plan.targets`. */
  readonly targets?: Plan['targets'] | undefined;
  /** See `Plan.aliases`. */
  readonly aliases?: readonly string[];
  readonly origin: string;
  /** The seed of the task, derived from the run seed, the pack, the request and the number of identical previous requests. */
  readonly seed: string;
  readonly submittedAt: number;
  /** The factor by which durations are divided. */
  readonly speed: number;
  /** Whether the task passes through all of its states immediately. */
  readonly instant: boolean;
  /** The account's slots; null if the account has no limit. */
  readonly capacity: Capacity | null;
}

/** Plans the whole life of a task. Pure: the same input gives the same plan. */
export function planTask(input: PlanInput): Plan {
  const { rules, scenario, submittedAt, speed } = input;
  const random = createRandom(input.seed);
  const taskId = withinPath(random.id(rules.idForm), rules, input.pathParams);
  const course = planCourse(input, random);
  const endedAt = course.steps.at(-1)?.at ?? submittedAt;
  const hiddenMs = scenario.hidden ? rules.notVisibleForMs : rules.visibleAfterMs;
  return {
    taskId,
    pack: rules.pack,
    operation: input.operation,
    kind: rules.kind,
    account: input.account,
    scenario,
    origin: input.origin,
    request: input.request,
    requestText: input.requestText ?? null,
    pathParams: input.pathParams,
    parentId: input.parentId,
    submittedAt,
    visibleAt: submittedAt + Math.round(hiddenMs / speed),
    steps: course.steps,
    outcome: course.outcome,
    abandonedState: rules.ends.abandoned,
    slot: course.slot,
    mediaExpiresAt: expiry(course.outcome, scenario, rules, endedAt),
    callbacks: promiseCallbacks({
      announcement: input.announcement,
      steps: course.steps,
      scenario,
      ends: rules.ends,
      lateByMs: Math.round(rules.lateByMs / speed),
    }),
    ...(input.targets === undefined ? {} : { targets: input.targets }),
    ...(input.aliases === undefined || input.aliases.length === 0 ? {} : { aliases: input.aliases }),
  };
}

/** Returns the id that a task with this seed gets, without planning the task. */
export function taskIdOf(rules: IdRules, seed: string, pathParams: PathParams | null): TaskId {
  return withinPath(createRandom(seed).id(rules.idForm), rules, pathParams);
}

type IdRules = Pick<KindRules, 'idForm' | 'idPath'>;

function withinPath(id: string, { idPath }: IdRules, pathParams: PathParams | null): TaskId {
  return (idPath === null ? id : pathWithId(idPath, id, pathParams)) as TaskId;
}

/** Returns when the media of a task that ended at `endedAt` expires; null if the task has no media. */
export function expiry(
  outcome: Outcome,
  scenario: Scenario,
  rules: KindRules,
  endedAt: number,
): number | null {
  if (outcome.type !== 'success') return null;
  return scenario.media === 'expired' ? endedAt : endedAt + rules.mediaLifetimeMs;
}

interface Course {
  readonly steps: readonly Step[];
  readonly outcome: Outcome;
  readonly slot: Slot | null;
}

function planCourse(input: PlanInput, random: Random): Course {
  const { rules, scenario, submittedAt, speed, capacity } = input;
  const instant = input.instant || scenario.callback === 'before-response';
  const steps: Step[] = [];
  let at = submittedAt;
  let slot = null as Slot | null;
  let waitsFrom = null as number | null;
  for (const rule of stepsOf(rules, scenario)) {
    const readyAt = at + (instant ? 0 : lengthOf(rule, speed, random));
    const endsAt = rule.waitsForSlot ? slotFreeAt(capacity, readyAt) : readyAt;
    if (isSkipped(rule, at, endsAt)) continue;
    // The vendor rejects the task instead of letting it wait, so the task never enters this step.
    if (endsAt === null) return end(steps, rules, at, overTheLimit(rules), null);
    steps.push({ state: rule.state, at });
    if (rule.holdsSlot && capacity !== null) slot = holdUntil(endsAt, slot, waitsFrom, at);
    if (rule.waitsForSlot) waitsFrom = readyAt;
    at = endsAt;
  }
  return end(steps, rules, at, outcomeOf(scenario), slot);
}

function lengthOf({ minMs, maxMs }: StepRule, speed: number, random: Random): number {
  return Math.round(random.between(minMs, maxMs) / speed);
}

/** Returns whether the task skips the step, because the step is only a wait for a slot and a slot is free. */
function isSkipped({ maxMs }: StepRule, at: number, endsAt: number | null): boolean {
  return maxMs === 0 && endsAt === at;
}

function outcomeOf({ failure }: Scenario): Outcome {
  return failure === null ? { type: 'success' } : { type: 'failure', slug: failure };
}

/** Returns the state in which a task with this outcome ends. */
export function endState(ends: Ends, outcome: Outcome): string {
  if (outcome.type === 'success') return ends.success;
  if (outcome.type === 'canceled') return ends.canceled ?? ends.failure;
  const { failures, failure } = ends;
  return Object.hasOwn(failures, outcome.slug) ? (failures[outcome.slug] ?? failure) : failure;
}

/** Returns the slot of a step that starts at `at`: a new one, or the slot already held, with a later end. */
function holdUntil(untilAt: number, held: Slot | null, waitsFrom: number | null, at: number): Slot {
  return held === null ? { readyAt: waitsFrom ?? at, fromAt: at, untilAt } : { ...held, untilAt };
}

function overTheLimit({ kind, concurrencyFailure }: KindRules): Outcome {
  if (concurrencyFailure === null)
    throw new Error(`kind "${kind}" does not define a failure for tasks over the concurrency limit`);
  return { type: 'failure', slug: concurrencyFailure };
}

function end(
  steps: readonly Step[],
  rules: KindRules,
  at: number,
  outcome: Outcome,
  slot: Slot | null,
): Course {
  return { steps: [...steps, { state: endState(rules.ends, outcome), at }], outcome, slot };
}
