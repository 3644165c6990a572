import { CodedError, nearest } from '../core/coded-error.ts';
import type { Account, PathParams } from '../core/types.ts';
import type { Pack, PackEvent, SubmitOperation } from '../packs/pack.ts';
import type { SampleFields } from '../packs/sample-request.ts';
import { type ComposedCallback, callbackBody, callbackHeaders, forgedContext } from './compose-callback.ts';
import type { Engine } from './engine.ts';
import type { TaskRecord } from './task-store.ts';

export interface TriggerInput {
  readonly event: string;
  /** Where the callback goes. */
  readonly to: string;
  readonly scenario: string;
  readonly account: Account;
  readonly origin: string;
}

/** A task whose callback somebody else sends, and what it says. */
export interface StagedTask {
  readonly task: TaskRecord;
  readonly callback: ComposedCallback;
  /** The same again, signed anew, for a body that was changed. */
  readonly seal: (body: string, at?: SealedAt) => Readonly<Record<string, string>>;
  /** What a forger would send: the task has succeeded, and its media lie at this origin. */
  readonly forge: (origin: string) => string;
}

export interface SealedAt {
  /** Seconds to add to the time of signing. */
  readonly offsetSeconds?: number;
  readonly secret?: string;
}

export interface StageInput extends TriggerInput {
  /** The task goes on running until the clock moves. */
  readonly running?: boolean;
  readonly secret: string | null;
  readonly userAgent: string;
}

/**
 * Submits a task like `triggerEvent`, but sends nothing: whoever judges a receiver sends the callback, as often and
 * as it likes. Its media can be downloaded like those of any other task.
 * @throws {CodedError} EVENT_UNKNOWN, SCENARIO_UNKNOWN, BAD_REQUEST
 */
export async function stageEvent(
  engine: Engine,
  packs: readonly Pack[],
  input: StageInput,
): Promise<StagedTask> {
  const { pack, operation, event } = findSender(packs, input.event);
  const scenario = `${input.scenario}+callback.never`;
  const task = await submitFor(engine, pack, operation, { ...input, scenario }, input.running !== true);
  const { plan } = task;
  const deliveryId = 'd1';
  const seal: StagedTask['seal'] = (body, { offsetSeconds = 0, secret = input.secret } = {}) =>
    callbackHeaders({
      pack,
      taskId: plan.taskId,
      deliveryId,
      body,
      secret,
      userAgent: input.userAgent,
      wallAt: Date.now() + offsetSeconds * 1000,
    });
  const end = plan.steps.at(-1) ?? { state: '', at: plan.submittedAt };
  const body = callbackBody(plan, { state: end.state, dueAt: end.at, flaw: null }, event);
  return {
    task,
    callback: { body, headers: seal(body) },
    seal,
    forge(origin) {
      const success = operation.kind.ends.success;
      return event.bodies.get(success)?.(forgedContext(plan, success, plan.submittedAt, origin)) ?? body;
    },
  };
}

/**
 * Submits a task of the kind that ends in the given event, with a request from the document's own example. The
 * task ends at once, so its callback is sent now.
 * A task that continues another gets a parent that has just succeeded.
 * @throws {CodedError} EVENT_UNKNOWN, SCENARIO_UNKNOWN, BAD_REQUEST
 */
export async function triggerEvent(
  engine: Engine,
  packs: readonly Pack[],
  input: TriggerInput,
): Promise<TaskRecord> {
  const { pack, operation } = findSender(packs, input.event);
  return submitFor(engine, pack, operation, input, true);
}

async function submitFor(
  engine: Engine,
  pack: Pack,
  operation: SubmitOperation,
  input: TriggerInput,
  instant: boolean,
): Promise<TaskRecord> {
  const fields: Record<string, string> = {};
  if (operation.callbackUrlPointer !== null) fields[operation.callbackUrlPointer] = input.to;
  const { parent } = operation;
  if (parent === null) return submitSample(engine, pack, operation, input, { fields }, instant);
  const id = await makeParent(engine, pack, input);
  if (parent.pointer !== null) fields[parent.pointer] = id;
  const pathParams = parent.pathParam === null ? null : { [parent.pathParam]: id };
  return submitSample(engine, pack, operation, input, { fields, pathParams }, instant);
}

function findSender(
  packs: readonly Pack[],
  event: string,
): { pack: Pack; operation: SubmitOperation; event: PackEvent } {
  for (const pack of packs) {
    for (const operation of pack.operations) {
      if (operation.type === 'submit' && operation.event?.name === event) {
        return { pack, operation, event: operation.event };
      }
    }
  }
  const known = packs.flatMap((pack) => [...pack.events.keys()]);
  const close = nearest(event, known);
  throw new CodedError(
    'EVENT_UNKNOWN',
    `there is no event "${event}"`,
    close.length > 0 ? `Did you mean ${close.join(' or ')}?` : `There are: ${known.join(', ')}.`,
  );
}

async function makeParent(engine: Engine, pack: Pack, input: TriggerInput): Promise<string> {
  const operation = pack.operations.find(
    (candidate): candidate is SubmitOperation => candidate.type === 'submit' && candidate.parent === null,
  );
  if (operation === undefined) throw new Error(`pack "${pack.name}" has no task that could be a parent`);
  const parent = await submitSample(
    engine,
    pack,
    operation,
    { ...input, scenario: 'success' },
    { fields: {} },
    true,
  );
  return parent.plan.taskId;
}

interface Sample {
  readonly fields: SampleFields;
  readonly pathParams?: PathParams | null;
}

async function submitSample(
  engine: Engine,
  pack: Pack,
  operation: SubmitOperation,
  { scenario, account, origin }: TriggerInput,
  { fields, pathParams = null }: Sample,
  instant: boolean,
): Promise<TaskRecord> {
  // The only place that needs filler text, so the only one that pays for it.
  const { sampleRequest } = await import('../packs/sample-request.ts');
  const request = sampleRequest(pack, operation, fields, `${operation.id} ${scenario}`);
  const result = engine.submit({
    pack,
    operation,
    pathParams,
    account,
    request,
    bodyText: JSON.stringify(request),
    scenario: engine.scenarios.parse(pack, scenario),
    origin,
    instant,
  });
  if (result.type === 'accepted') return result.task;
  throw new CodedError('BAD_REQUEST', `the task was refused: ${result.answer.body}`);
}
