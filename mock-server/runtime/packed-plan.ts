import type { JsonObject, PathParams, Plan, PlannedDelivery, Slot, TaskId } from '../core/types.ts';

/**
 * A plan as it is kept while nobody looks at it: what it has in common with others in one shared mould, its own
 * numbers beside. A third of the memory; `unpackPlan` gives back an equal plan. Plans that fit no mould stay whole.
 */
export type PackedPlan = MouldedPlan | { readonly type: 'whole'; readonly plan: Plan };

interface MouldedPlan {
  readonly type: 'moulded';
  readonly mould: Mould;
  readonly taskId: TaskId;
  readonly request: JsonObject;
  readonly requestText: string | null;
  readonly pathParams: PathParams | null;
  readonly parentId: TaskId | null;
  /** When each of the mould's states begins; the first is the submission. */
  readonly times: readonly number[];
  /** Where its callbacks go; empty when it has none. */
  readonly url: string;
  readonly slot: Slot | null;
}

type Shared = Pick<
  Plan,
  'pack' | 'operation' | 'kind' | 'account' | 'scenario' | 'origin' | 'outcome' | 'abandonedState'
>;

interface Mould extends Shared {
  readonly states: readonly string[];
  readonly visibleAfterMs: number;
  /** From the end of the task; null when it yields no media. */
  readonly mediaLastsMs: number | null;
  readonly callbacks: readonly CallbackMould[];
}

interface CallbackMould extends Omit<PlannedDelivery, 'url' | 'dueAt'> {
  /** The step it falls due with. */
  readonly step: number;
  readonly lateMs: number;
}

export interface PlanPacker {
  pack(plan: Plan): PackedPlan;
}

/** Keys and origins come from outside: more moulds than this, and the old ones are left to the tasks that use them. */
const MOULDS_KEPT = 10_000;

export function createPlanPacker(): PlanPacker {
  const moulds = new Map<string, Mould>();

  return {
    pack(plan) {
      const url = plan.callbacks[0]?.url ?? '';
      const callbacks = callbackMoulds(plan, url);
      if (callbacks === null) return { type: 'whole', plan };
      const key = keyOf(plan, callbacks);
      let mould = moulds.get(key);
      if (mould === undefined) {
        mould = makeMould(plan, callbacks);
        if (moulds.size >= MOULDS_KEPT) moulds.clear();
        moulds.set(key, mould);
      }
      const { taskId, request, requestText, pathParams, parentId, slot } = plan;
      const times = plan.steps.map(({ at }) => at);
      return { type: 'moulded', mould, taskId, request, requestText, pathParams, parentId, times, url, slot };
    },
  };
}

/** The plan read last: whoever works on a task reads its plan several times in a row. A memo of a pure function. */
let latest: { readonly packed: PackedPlan; readonly plan: Plan } | undefined;

export function unpackPlan(packed: PackedPlan): Plan {
  if (packed.type === 'whole') return packed.plan;
  if (latest?.packed !== packed) latest = { packed, plan: unmould(packed) };
  return latest.plan;
}

function unmould(packed: MouldedPlan): Plan {
  const { mould, taskId, request, requestText, pathParams, parentId, times, url, slot } = packed;
  const { states, visibleAfterMs, mediaLastsMs, callbacks, ...shared } = mould;
  const at = (step: number): number => times[step] ?? 0;
  return {
    taskId,
    ...shared,
    request,
    requestText,
    pathParams,
    parentId,
    submittedAt: at(0),
    visibleAt: at(0) + visibleAfterMs,
    steps: states.map((state, step) => ({ state, at: at(step) })),
    slot,
    mediaExpiresAt: mediaLastsMs === null ? null : at(times.length - 1) + mediaLastsMs,
    callbacks: callbacks.map(({ step, lateMs, ...rest }) => ({ ...rest, url, dueAt: at(step) + lateMs })),
  };
}

/** What can be read without unpacking. */
export function sharedOf(packed: PackedPlan): Shared {
  return packed.type === 'whole' ? packed.plan : packed.mould;
}

/** Null when a callback falls due at a moment of its own, which no other task would share. */
function callbackMoulds({ callbacks, steps, scenario }: Plan, url: string): CallbackMould[] | null {
  const moulds: CallbackMould[] = [];
  for (const delivery of callbacks) {
    const { url: own, dueAt, ...rest } = delivery;
    const step = lastStepBefore(steps, dueAt);
    const lateMs = dueAt - (steps[step]?.at ?? 0);
    if (own !== url || (lateMs !== 0 && scenario.callback !== 'late')) return null;
    moulds.push({ ...rest, step, lateMs });
  }
  return moulds;
}

function lastStepBefore(steps: Plan['steps'], dueAt: number): number {
  let step = steps.length - 1;
  while (step > 0 && (steps[step]?.at ?? 0) > dueAt) step--;
  return step;
}

function keyOf(plan: Plan, callbacks: readonly CallbackMould[]): string {
  const { pack, operation, account, origin, scenario, outcome, steps } = plan;
  let key = `${pack} ${operation} ${account} ${origin} ${scenario.name} ${scenario.failure}`;
  key += outcome.type === 'failure' ? ` ${outcome.slug}` : '';
  key += ` ${plan.visibleAt - plan.submittedAt} ${mediaLastsMs(plan)}`;
  for (const { state } of steps) key += ` ${state}`;
  for (const { id, event, state, after, retries, step, lateMs } of callbacks)
    key += ` ${id} ${event} ${state} ${after} ${retries} ${step} ${lateMs}`;
  return key;
}

function makeMould(plan: Plan, callbacks: readonly CallbackMould[]): Mould {
  const { pack, operation, kind, account, scenario, origin, outcome, abandonedState } = plan;
  return {
    pack,
    operation,
    kind,
    account,
    scenario,
    origin,
    outcome,
    abandonedState,
    states: plan.steps.map(({ state }) => state),
    visibleAfterMs: plan.visibleAt - plan.submittedAt,
    mediaLastsMs: mediaLastsMs(plan),
    callbacks,
  };
}

function mediaLastsMs({ mediaExpiresAt, steps }: Plan): number | null {
  return mediaExpiresAt === null ? null : mediaExpiresAt - (steps.at(-1)?.at ?? 0);
}
