import { CodedError } from '../core/coded-error.ts';
import { didYouMean } from '../core/did-you-mean.ts';
import { deliveryId } from '../core/promise-callbacks.ts';
import type { Account, DeliveryId, JsonObject, PathParams, Plan } from '../core/types.ts';
import {
  type ComposedCallback,
  callbackBody,
  callbackHeaders,
  forgedContext,
} from '../delivery/compose-callback.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { kindOfTask } from '../packs/kind-by-field.ts';
import { mergePatch } from '../packs/merge-patch.ts';
import type { Pack, PackEvent, SubmitOperation } from '../packs/pack.ts';
import { patchedRequest } from '../packs/patched-request.ts';
import type { SampleFields } from '../packs/sample-request.ts';
import { announcementOf } from './announcement.ts';
import type { Commands } from './commands.ts';
import type { Engine } from './engine.ts';
import { refuseWithoutEffect } from './refuse-without-effect.ts';

export interface TriggerInput {
  readonly event: string;
  /** The callback URL. */
  readonly to: string;
  readonly scenario: string;
  /** Whether the caller chose the scenario for this callback; its parts must then affect callbacks (default: false). */
  readonly isChosen?: boolean;
  readonly account: Account;
  /** Returns the base URL of a pack, which also serves its media. */
  readonly originOf: (pack: Pack) => string;
  /** A JSON Merge Patch of the sample request. The result must be valid under the OpenAPI document. */
  readonly request?: JsonObject;
}

/** One of the callbacks of a task. */
export interface StagedMessage extends ComposedCallback {
  /** The state that it announces. */
  readonly state: string;
  /** Whether it announces the final state. */
  readonly isFinal: boolean;
  /** Returns the headers for another body, with a new signature if callbacks are signed. */
  readonly seal: Seal;
}

type Seal = (body: string, at?: SealedAt) => Readonly<Record<string, string>>;

/** A task whose callbacks are composed but not sent by the mock. */
export interface StagedTask {
  readonly task: TaskRecord;
  /** The callback that announces the final state. */
  readonly callback: StagedMessage;
  /** All callbacks in the order in which they are due; the final one is last. */
  readonly callbacks: readonly StagedMessage[];
  /** Returns the body of a forged callback: the task has succeeded, and its media has this origin. */
  readonly forge: (origin: string) => string;
}

export interface SealedAt {
  /** Seconds to add to the signing time. */
  readonly offsetSeconds?: number;
  readonly secret?: string;
}

export interface StageInput extends TriggerInput {
  /** The task is in progress until the clock moves. */
  readonly running?: boolean;
  /** Returns the secret that callbacks are signed with; null if they are not signed. */
  readonly secretOf: (pack: Pack) => string | null;
  readonly userAgent: string;
}

/**
 * Submits a task like `triggerEvent`, but sends no callbacks, so that the caller can send them any number of times.
 * Its media can be downloaded as usual.
 * @throws {CodedError} EVENT_UNKNOWN, SCENARIO_UNKNOWN, BAD_REQUEST
 */
export async function stageEvent(
  commands: Commands,
  packs: readonly Pack[],
  input: StageInput,
): Promise<StagedTask> {
  const { pack, operation, event } = findSender(packs, input.event);
  const scenario = `${input.scenario}+callback.never`;
  const task = await submitFor(commands, pack, operation, { ...input, scenario }, input.running !== true);
  return composeFor(task, { pack, operation, event }, { url: input.to, input });
}

/**
 * Composes the callbacks of a task submitted over HTTP, up to its final state.
 * @throws {CodedError} TASK_UNKNOWN, NO_CALLBACK
 */
export function composeCallback(
  engine: Engine,
  packs: readonly Pack[],
  taskId: string,
  signing: SigningInput,
): StagedTask & { readonly event: string; readonly url: string | null } {
  const task = engine.tasks.find(taskId);
  if (task === undefined) throw new CodedError('TASK_UNKNOWN', `task "${taskId}" does not exist`);
  const { plan } = task;
  const pack = packs.find(({ name }) => name === plan.pack);
  const operation = pack?.operations.find(({ id }) => id === plan.operation);
  if (pack === undefined || operation?.type !== 'submit' || operation.event === null) {
    throw new CodedError('NO_CALLBACK', `tasks of "${plan.operation}" have no callback`);
  }
  const url = announcementOf(operation, plan.request, plan.targets)?.url ?? null;
  const place = { url: url !== null && URL.canParse(url) ? url : NO_URL, input: signing };
  const staged = composeFor(task, { pack, operation, event: operation.event }, place);
  return { ...staged, event: operation.event.name, url };
}

/** Stands for the URL of a task that was submitted without one. */
const NO_URL = 'http://callback.invalid/';

type SigningInput = Pick<StageInput, 'secretOf' | 'userAgent'>;

/** The URL that callbacks are composed for, because signatures can depend on it, and what signs them. */
interface SigningPlace {
  readonly url: string;
  readonly input: SigningInput;
}

interface Sender {
  readonly pack: Pack;
  readonly operation: SubmitOperation;
  readonly event: PackEvent;
}

function composeFor(task: TaskRecord, { pack, operation, event }: Sender, place: SigningPlace): StagedTask {
  const { plan } = task;
  const callbacks = composeAll(plan, announced(plan, operation, event), { pack, event, ...place });
  const callback = callbacks.at(-1);
  if (callback === undefined)
    throw new CodedError('NO_CALLBACK', 'the request does not select any of its callbacks');
  return {
    task,
    callback,
    callbacks,
    forge(origin) {
      const { success } = kindOfTask(operation, plan).ends;
      return (
        event.bodies.get(success)?.(forgedContext(plan, success, plan.submittedAt, origin)) ?? callback.body
      );
    },
  };
}

/** Returns the announced states in order, once for each announcement. */
function announced(plan: Plan, operation: SubmitOperation, event: PackEvent): Plan['steps'] {
  const main = announcementOf(operation, plan.request, plan.targets);
  const own = [main, ...(main?.others ?? [])].find((one) => one?.event === event.name);
  const signals = own?.signals ?? event.signals;
  return plan.steps.flatMap((step) => (signals.get(step.state) ?? []).map(() => step));
}

function composeAll(
  plan: Plan,
  steps: Plan['steps'],
  { pack, event, url, input }: Pick<Sender, 'pack' | 'event'> & SigningPlace,
): StagedMessage[] {
  const end = plan.steps.at(-1)?.state;
  return steps.map(({ state, at }, index) => {
    const body = callbackBody(plan, { state, dueAt: at, flaw: null }, event);
    const seal = sealerOf(pack, { plan, url }, deliveryId(index + 1), input);
    return { state, isFinal: state === end, body, headers: seal(body), seal };
  });
}

function sealerOf(
  pack: Pack,
  { plan, url }: { readonly plan: Plan; readonly url: string },
  id: DeliveryId,
  { secretOf, userAgent }: SigningInput,
): Seal {
  const own = secretOf(pack);
  return (body, { offsetSeconds = 0, secret = own } = {}) => {
    const wallAt = Date.now() + offsetSeconds * 1000;
    return callbackHeaders({ pack, plan, deliveryId: id, url, body, secret, userAgent, wallAt });
  };
}

/** The parts of a mock that a trigger uses. */
interface Triggered {
  readonly engine: Pick<Engine, 'scenarios'>;
  readonly commands: Commands;
}

/**
 * Submits a task of the kind that ends in the given event, with a sample request from the OpenAPI document. The task
 * ends immediately, so its callback is sent now. A task that continues another gets a parent that has succeeded.
 * @throws {CodedError} EVENT_UNKNOWN, SCENARIO_UNKNOWN, NO_CALLBACK when part of a chosen scenario does not affect
 * callbacks, BAD_REQUEST
 */
export async function triggerEvent(
  { engine, commands }: Triggered,
  packs: readonly Pack[],
  input: TriggerInput,
): Promise<TaskRecord> {
  const { pack, operation, event } = findSender(packs, input.event);
  if (input.isChosen === true)
    refuseWithoutEffect(engine.scenarios.parse(pack, input.scenario), operation, event);
  return submitFor(commands, pack, operation, input, true);
}

async function submitFor(
  commands: Commands,
  pack: Pack,
  operation: SubmitOperation,
  input: TriggerInput,
  instant: boolean,
): Promise<TaskRecord> {
  const fields: Record<string, string> = {};
  const place = operation.callbacks.find(({ event }) => event.name === input.event)?.place;
  if (place?.in === 'body') fields[place.pointer] = input.to;
  const query = place?.in === 'query' ? { [place.name]: input.to } : {};
  const headers = place?.in === 'header' ? { [place.name.toLowerCase()]: input.to } : {};
  const sample = { fields, query, headers };
  const { parent } = operation;
  if (parent === null) return submitSample(commands, pack, operation, input, sample, instant);
  const id = await makeParent(commands, pack, input);
  if (parent.pointer !== null) fields[parent.pointer] = id;
  const pathParams = parent.pathParam === null ? null : { [parent.pathParam]: id };
  const own = parent.queryParam === null ? query : { ...query, [parent.queryParam]: id };
  return submitSample(commands, pack, operation, input, { ...sample, query: own, pathParams }, instant);
}

function findSender(packs: readonly Pack[], event: string): Sender {
  for (const pack of packs) {
    // Packs that cannot have the event need not be compiled.
    if (!event.startsWith(`${pack.name}.`)) continue;
    for (const operation of pack.operations) {
      if (operation.type !== 'submit') continue;
      const sent = operation.events.find(({ name }) => name === event);
      if (sent !== undefined) return { pack, operation, event: sent };
    }
  }
  const known = packs.flatMap((pack) => [...pack.events.keys()]);
  throw new CodedError(
    'EVENT_UNKNOWN',
    `unknown event "${event}"`,
    didYouMean(event, known, `Available events: ${known.join(', ')}.`),
  );
}

async function makeParent(commands: Commands, pack: Pack, input: TriggerInput): Promise<string> {
  const operation = pack.operations.find(
    (candidate): candidate is SubmitOperation => candidate.type === 'submit' && candidate.parent === null,
  );
  if (operation === undefined) throw new Error(`pack "${pack.name}" has no task that could be a parent`);
  const { request: _request, ...rest } = input;
  const success = { ...rest, scenario: 'success' };
  const parent = await submitSample(commands, pack, operation, success, { fields: {} }, true);
  return parent.plan.taskId;
}

interface Sample {
  readonly fields: SampleFields;
  readonly pathParams?: PathParams | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

async function submitSample(
  commands: Commands,
  pack: Pack,
  operation: SubmitOperation,
  { scenario, account, originOf, request: patch }: TriggerInput,
  { fields, pathParams = null, query = {}, headers = {} }: Sample,
  instant: boolean,
): Promise<TaskRecord> {
  // Loaded lazily, because only samples need filler text.
  const { sampleRequest } = await import('../packs/sample-request.ts');
  const sample = sampleRequest(pack, operation, fields, `${operation.id} ${scenario}`);
  const request =
    patch === undefined
      ? sample
      : patchedRequest(pack, operation, mergePatch(sample, patch) as JsonObject, pathParams);
  const outcome = await commands.run({
    type: 'submit',
    pack: pack.name,
    operation: operation.id,
    account,
    request,
    bodyText: JSON.stringify(request),
    pathParams,
    parts: { query, headers, pathParams: pathParams ?? {} },
    isCall: false,
    scenario,
    origin: originOf(pack),
    instant,
  });
  if (outcome.type === 'accepted' || outcome.type === 'repeated') return outcome.task;
  const why =
    outcome.type === 'refused' ? outcome.answer.body : `the scenario refuses it with ${outcome.code}`;
  throw new CodedError('BAD_REQUEST', `the task was rejected: ${why}`);
}
