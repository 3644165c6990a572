import type { JsonObject, PathParams, Plan, PlannedDelivery, Slot, TaskId } from '../core/types.ts';

/**
 * A plan in its compact form. The parts it has in common with other plans are in a shared template; only ids and times
 * are its own. This needs a third of the memory, and `unpackPlan` returns an equal plan. A plan that does not fit a
 * template is kept whole.
 */
export type PackedPlan = SharedPlan | WholePlan;

/**
 * The request of a task. A long one is kept as its original text, which the journal's entry shares, and parsed on each
 * read. Parsed, it would need up to twenty times the memory.
 */
export type KeptRequest = JsonObject | string;

interface WholePlan {
  readonly type: 'whole';
  readonly plan: Omit<Plan, 'request' | 'requestText'>;
  readonly request: KeptRequest;
  readonly requestText: string | null;
  /** An estimate of its size, without a request that is kept as text. */
  readonly bytes: number;
}

interface SharedPlan {
  readonly type: 'shared';
  readonly bytes: number;
  readonly template: PlanTemplate;
  readonly taskId: TaskId;
  readonly request: KeptRequest;
  readonly requestText: string | null;
  readonly pathParams: PathParams | null;
  readonly parentId: TaskId | null;
  /** The start of each of the template's states; the first is the submission. */
  readonly times: readonly number[];
  /** The callback URL; empty without callbacks. */
  readonly url: string;
  readonly slot: Slot | null;
  readonly targets: Plan['targets'];
  readonly aliases: Plan['aliases'];
}

type Shared = Pick<
  Plan,
  'pack' | 'operation' | 'kind' | 'account' | 'scenario' | 'origin' | 'outcome' | 'abandonedState'
> & { readonly callbacks: readonly Omit<PlannedDelivery, 'url' | 'dueAt'>[] };

interface PlanTemplate extends Shared {
  readonly states: readonly string[];
  readonly visibleAfterMs: number;
  /** Relative to the end of the task; null without media. */
  readonly mediaLastsMs: number | null;
  readonly callbacks: readonly CallbackTemplate[];
}

interface CallbackTemplate extends Omit<PlannedDelivery, 'url' | 'dueAt'> {
  /** The step at which it is due. */
  readonly step: number;
  readonly lateMs: number;
}

export interface PlanPacker {
  /** Packs a plan. @param text the request as received; serialized again by default */
  pack(plan: Plan, text?: string): PackedPlan;
}

/**
 * Keys and origins come from clients, so templates are limited. Beyond this number the map is cleared, and templates
 * stay with the plans that use them.
 */
const TEMPLATES_LIMIT = 10_000;

export function createPlanPacker(): PlanPacker {
  const templates = new Map<string, PlanTemplate>();

  return {
    pack(plan, text = plan.requestText ?? JSON.stringify(plan.request)) {
      const url = plan.callbacks[0]?.url ?? '';
      const callbacks = callbackTemplates(plan, url);
      const kept = keepRequest(plan, text, callbacks === null ? WHOLE_BYTES : SHARED_PLAN_BYTES);
      if (callbacks === null) return wholePlan(plan, kept);
      const key = keyOf(plan, callbacks);
      let template = templates.get(key);
      if (template === undefined) {
        template = makeTemplate(plan, callbacks);
        if (templates.size >= TEMPLATES_LIMIT) templates.clear();
        templates.set(key, template);
      }
      const { request, requestText, bytes } = kept;
      const { taskId, pathParams, parentId, slot } = plan;
      const times = plan.steps.map(({ at }) => at);
      return {
        type: 'shared',
        bytes,
        template,
        taskId,
        request,
        requestText,
        pathParams,
        parentId,
        times,
        url,
        slot,
        targets: plan.targets,
        aliases: plan.aliases,
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
const SHARED_PLAN_BYTES = 300;
const WHOLE_BYTES = 1200;

function keepRequest(plan: Plan, text: string, planBytes: number): KeptParts {
  const bytes = planBytes + weightOf(plan);
  // Both fields share one string.
  if (!isCompact(text)) return { request: text, requestText: plan.requestText === null ? null : text, bytes };
  const { request, requestText } = plan;
  return { request, requestText, bytes: bytes + (requestText === null ? 2 : 3) * text.length };
}

const NO_TARGETS: NonNullable<Plan['targets']> = [];

/** Memory of an alias in the plan and in the index of aliases, in addition to its text. */
const ALIAS_BYTES = 400;

/** Returns the size of the client-supplied parts of a plan, except its request. */
function weightOf({ callbacks, pathParams, targets = NO_TARGETS, aliases }: Plan): number {
  let bytes = 0;
  for (const { url } of targets) bytes += url.length;
  if (aliases !== undefined) for (const alias of aliases) bytes += ALIAS_BYTES + 2 * alias.length;
  for (const { url } of callbacks) bytes += url.length;
  for (const name in pathParams) bytes += 50 + (pathParams[name]?.length ?? 0);
  return bytes;
}

function wholePlan(plan: Plan, kept: KeptParts): WholePlan {
  const { request: _request, requestText: _text, ...rest } = plan;
  return { type: 'whole', plan: rest, ...kept };
}

/** Requests that are longer, or have more brackets and commas, are kept as text. */
const LONGEST_COMPACT = 1024;
const MAX_MEMBERS = 48;

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/** Returns whether the parsed request needs at most about twice the memory of its text. */
function isCompact(text: string): boolean {
  if (text.length > LONGEST_COMPACT) return false;
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === COMMA || unit === OPEN_BRACKET || unit === OPEN_BRACE) members += 1;
  }
  return members <= MAX_MEMBERS;
}

/** Returns the request's text if it is kept as text; null when it is kept parsed. */
export function longRequestOf({ request }: PackedPlan): string | null {
  return typeof request === 'string' ? request : null;
}

const NO_REQUEST: JsonObject = Object.freeze({});

/** Returns a packed plan without its request, for a removed task that may still be referenced. */
export function withoutRequest(packed: PackedPlan): PackedPlan {
  return { ...packed, request: NO_REQUEST, requestText: null };
}

/** The plan read last, because code reads a task's plan several times in a row. Memoizes a pure function. */
let latest: { readonly packed: PackedPlan; readonly plan: Plan } | undefined;

export function unpackPlan(packed: PackedPlan): Plan {
  if (latest?.packed !== packed) latest = { packed, plan: unpack(packed) };
  return latest.plan;
}

function unpack(packed: PackedPlan): Plan {
  const { request, requestText } = packed;
  if (typeof request !== 'string') {
    return packed.type === 'whole' ? { ...packed.plan, request, requestText } : fillTemplate(packed, request);
  }
  const plan = packed.type === 'whole' ? { ...packed.plan, requestText } : fillTemplate(packed, NO_REQUEST);
  return withLazyRequest(plan, request);
}

/** Parses the request on first access, because most readers of a plan do not need it. */
function withLazyRequest(plan: Omit<Plan, 'request'>, text: string): Plan {
  let parsed: JsonObject | undefined;
  const request = (): JsonObject => {
    parsed ??= JSON.parse(text) as JsonObject;
    return parsed;
  };
  return Object.defineProperty(plan, 'request', { get: request, enumerable: true }) as Plan;
}

/** Spelled out, because rest and spread take several times as long, and plans are unpacked on every visit and poll. */
function fillTemplate(packed: SharedPlan, request: JsonObject): Plan {
  const { template, times } = packed;
  const submittedAt = times[0] ?? 0;
  const { mediaLastsMs } = template;
  const plan: Plan = {
    taskId: packed.taskId,
    pack: template.pack,
    operation: template.operation,
    kind: template.kind,
    account: template.account,
    scenario: template.scenario,
    origin: template.origin,
    outcome: template.outcome,
    abandonedState: template.abandonedState,
    request,
    requestText: packed.requestText,
    pathParams: packed.pathParams,
    parentId: packed.parentId,
    submittedAt,
    visibleAt: submittedAt + template.visibleAfterMs,
    steps: fillSteps(template, times),
    slot: packed.slot,
    mediaExpiresAt: mediaLastsMs === null ? null : (times[times.length - 1] ?? 0) + mediaLastsMs,
    callbacks: template.callbacks.map((callback) => fillCallback(callback, packed)),
  };
  const { targets, aliases } = packed;
  if (targets === undefined && aliases === undefined) return plan;
  return { ...plan, ...(targets && { targets }), ...(aliases && { aliases }) };
}

function fillSteps({ states }: PlanTemplate, times: readonly number[]): Plan['steps'] {
  return states.map((state, step) => ({ state, at: times[step] ?? 0 }));
}

function fillCallback(template: CallbackTemplate, { url, times }: SharedPlan): PlannedDelivery {
  const { id, event, state, after, flaw, retries, step, lateMs, kind } = template;
  const delivery = { id, event, url, state, dueAt: (times[step] ?? 0) + lateMs, after, flaw, retries };
  return kind === undefined ? delivery : { ...delivery, kind };
}

/** Returns the aliases of a task without unpacking its plan. */
export function aliasesOf(packed: PackedPlan): readonly string[] {
  return (packed.type === 'whole' ? packed.plan.aliases : packed.aliases) ?? NO_ALIASES;
}

const NO_ALIASES: readonly string[] = [];

/** Returns the parts that can be read without unpacking. */
export function sharedOf(packed: PackedPlan): Shared {
  return packed.type === 'whole' ? packed.plan : packed.template;
}

/** Returns null when a callback's due time is specific to this task and cannot be shared. */
function callbackTemplates({ callbacks, steps, scenario }: Plan, url: string): CallbackTemplate[] | null {
  const templates: CallbackTemplate[] = [];
  for (const delivery of callbacks) {
    const { id, event, state, url: own, dueAt, after, flaw, retries, kind } = delivery;
    const step = lastStepBefore(steps, dueAt);
    const lateMs = dueAt - (steps[step]?.at ?? 0);
    if (own !== url || (lateMs !== 0 && scenario.callback !== 'late')) return null;
    const template = { id, event, state, after, flaw, retries, step, lateMs };
    templates.push(kind === undefined ? template : { ...template, kind });
  }
  return templates;
}

function lastStepBefore(steps: Plan['steps'], dueAt: number): number {
  let step = steps.length - 1;
  while (step > 0 && (steps[step]?.at ?? 0) > dueAt) step--;
  return step;
}

function keyOf(plan: Plan, callbacks: readonly CallbackTemplate[]): string {
  const { pack, operation, kind, account, origin, scenario, outcome, abandonedState, steps } = plan;
  const end = outcome.type === 'failure' ? outcome.slug : outcome.type;
  const visibleMs = plan.visibleAt - plan.submittedAt;
  // A pack that is reloaded may change the kind and the abandoned state for the same operation.
  let key = `${pack} ${operation} ${kind} ${account} ${origin} ${scenario.name} ${scenario.failure} ${end} ${abandonedState} ${visibleMs} ${mediaLastsMs(plan)}`;
  for (const { state } of steps) key += ` ${state}`;
  for (const { id, event, state, after, flaw, retries, step, lateMs, kind } of callbacks) {
    key += ` ${id} ${event} ${state} ${after} ${flaw} ${retries} ${step} ${lateMs}`;
    if (kind !== undefined) key += ` ${kind}`;
  }
  return key;
}

function makeTemplate(plan: Plan, callbacks: readonly CallbackTemplate[]): PlanTemplate {
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
