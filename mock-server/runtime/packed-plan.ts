import type { JsonObject, PathParams, Plan, PlannedDelivery, Slot, TaskId } from '../core/types.ts';

/**
 * A plan as it is kept between reads: what it has in common with others is in one shared mould, next to its own
 * numbers. This needs a third of the memory; `unpackPlan` gives back an equal plan. A plan that fits no mould is
 * kept whole.
 */
export type PackedPlan = MouldedPlan | WholePlan;

/**
 * The request of a task. A long one is kept as the text it came in, which the journal's entry shares, and parsed
 * when it is read: parsed, it would need up to twenty times the memory.
 */
export type KeptRequest = JsonObject | string;

interface WholePlan {
  readonly type: 'whole';
  readonly plan: Omit<Plan, 'request' | 'requestText'>;
  readonly request: KeptRequest;
  readonly requestText: string | null;
  /** An estimate of what it occupies, without a request that is kept as text. */
  readonly bytes: number;
}

interface MouldedPlan {
  readonly type: 'moulded';
  readonly bytes: number;
  readonly mould: Mould;
  readonly taskId: TaskId;
  readonly request: KeptRequest;
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
  /** @param text the request as it was sent; written anew when left out */
  pack(plan: Plan, text?: string): PackedPlan;
}

/** Keys and origins come from outside: more moulds than this, and the old ones are left to the tasks that use them. */
const MOULDS_KEPT = 10_000;

export function createPlanPacker(): PlanPacker {
  const moulds = new Map<string, Mould>();

  return {
    pack(plan, text = plan.requestText ?? JSON.stringify(plan.request)) {
      const url = plan.callbacks[0]?.url ?? '';
      const callbacks = callbackMoulds(plan, url);
      const kept = keepRequest(plan, text, callbacks === null ? WHOLE_BYTES : MOULDED_BYTES);
      if (callbacks === null) return wholePlan(plan, kept);
      const key = keyOf(plan, callbacks);
      let mould = moulds.get(key);
      if (mould === undefined) {
        mould = makeMould(plan, callbacks);
        if (moulds.size >= MOULDS_KEPT) moulds.clear();
        moulds.set(key, mould);
      }
      const { request, requestText, bytes } = kept;
      const { taskId, pathParams, parentId, slot } = plan;
      const times = plan.steps.map(({ at }) => at);
      return {
        type: 'moulded',
        bytes,
        mould,
        taskId,
        request,
        requestText,
        pathParams,
        parentId,
        times,
        url,
        slot,
      };
    },
  };
}

interface KeptParts {
  readonly request: KeptRequest;
  readonly requestText: string | null;
  readonly bytes: number;
}

/** Measured on V8, rounded up. */
const MOULDED_BYTES = 300;
const WHOLE_BYTES = 1200;

function keepRequest(plan: Plan, text: string, planBytes: number): KeptParts {
  const bytes = planBytes + weightOf(plan);
  // One string for both, whichever of them the plan came with.
  if (!isCompact(text)) return { request: text, requestText: plan.requestText === null ? null : text, bytes };
  const { request, requestText } = plan;
  return { request, requestText, bytes: bytes + (requestText === null ? 2 : 3) * text.length };
}

/** What strangers decide of a plan, apart from its request. */
function weightOf({ callbacks, pathParams }: Plan): number {
  let bytes = 0;
  for (const { url } of callbacks) bytes += url.length;
  for (const name in pathParams) bytes += 50 + (pathParams[name]?.length ?? 0);
  return bytes;
}

function wholePlan(plan: Plan, kept: KeptParts): WholePlan {
  const { request: _request, requestText: _text, ...rest } = plan;
  return { type: 'whole', plan: rest, ...kept };
}

/** Longer requests are kept as text, and so are those with more brackets and commas than this. */
const LONGEST_COMPACT = 1024;
const MOST_MEMBERS = 48;

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/** Whether a request can be kept parsed at a cost of about twice its text. */
function isCompact(text: string): boolean {
  if (text.length > LONGEST_COMPACT) return false;
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === COMMA || unit === OPEN_BRACKET || unit === OPEN_BRACE) members += 1;
  }
  return members <= MOST_MEMBERS;
}

/** The request's text where it is kept as one; null when it is kept parsed. */
export function longRequestOf({ request }: PackedPlan): string | null {
  return typeof request === 'string' ? request : null;
}

const NO_REQUEST: JsonObject = Object.freeze({});

/** What may remain in memory of a plan that nobody will read again. */
export function withoutRequest(packed: PackedPlan): PackedPlan {
  return { ...packed, request: NO_REQUEST, requestText: null };
}

/** The plan read last: whoever works on a task reads its plan several times in a row. A memo of a pure function. */
let latest: { readonly packed: PackedPlan; readonly plan: Plan } | undefined;

export function unpackPlan(packed: PackedPlan): Plan {
  if (latest?.packed !== packed) latest = { packed, plan: unpack(packed) };
  return latest.plan;
}

function unpack(packed: PackedPlan): Plan {
  const { request, requestText } = packed;
  if (typeof request !== 'string') {
    return packed.type === 'whole' ? { ...packed.plan, request, requestText } : unmould(packed, request);
  }
  const plan = packed.type === 'whole' ? { ...packed.plan, requestText } : unmould(packed, NO_REQUEST);
  return parsingLate(plan, request);
}

/** Most of what reads a plan has no use for its request. */
function parsingLate(plan: Omit<Plan, 'request'>, text: string): Plan {
  let parsed: JsonObject | undefined;
  const request = (): JsonObject => {
    parsed ??= JSON.parse(text) as JsonObject;
    return parsed;
  };
  return Object.defineProperty(plan, 'request', { get: request, enumerable: true }) as Plan;
}

function unmould(packed: MouldedPlan, request: JsonObject): Plan {
  const { mould, taskId, requestText, pathParams, parentId, times, url, slot } = packed;
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
