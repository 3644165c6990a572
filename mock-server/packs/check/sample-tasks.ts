import { outcomeName } from '../../core/outcome-name.ts';
import { pathParamNames } from '../../core/path-template.ts';
import { planTask, taskIdOf } from '../../core/plan.ts';
import { SUCCESS } from '../../core/success.ts';
import type { Account, Json, JsonObject, KindRules, PathParams, Plan, StepRule } from '../../core/types.ts';
import { type TaskView, viewTask } from '../../core/view.ts';
import { examplesOf } from '../document.ts';
import { bodySchemaAt, placeOf } from '../document-schemas.ts';
import { explainViolation } from '../explain-violation.ts';
import type { Operation, SubmitOperation } from '../pack.ts';
import { atPointer, step } from '../pointer.ts';
import { sampleRequest } from '../sample-request.ts';
import { follow, type Run, violations } from './start-run.ts';

/** A task at one moment, with a title for findings. */
export interface SampleMoment {
  readonly plan: Plan;
  readonly view: TaskView;
  readonly title: string;
}

/** A valid request of a submission, and the kind of the task that it creates. */
export interface SampleRequest {
  readonly request: JsonObject;
  readonly kind: KindRules;
}

/** Returns the document's examples of a submission, one for each kind of task. Invalid ones are left out. */
export function exampleRequests(run: Run, operation: SubmitOperation): SampleRequest[] {
  const { pack, findings, documented } = run;
  const found = documented.get(operation.id);
  const examples = found === undefined ? [] : examplesOf(pack.document, found);
  const at = found?.pointer ?? '';
  // An operation without a body has nothing to choose a kind by.
  if (found !== undefined && found.operation.requestBody === undefined)
    return [{ request: {}, kind: operation.kind }];
  const body = placeOf(pack.document, `${at}/requestBody`);
  if (examples.length === 0) {
    const message =
      'the request does not have an example ("examples" of application/json), which "trigger" and "verify" send';
    const pointer = atPointer(pack.document, body) === undefined ? at : body;
    findings.push({ severity: 'error', root: 'document', pointer, message });
    return [];
  }
  const pathParams = samplePathParams(run, operation);
  return operation.kinds.flatMap((kind) => {
    const isOfKind = ({ value }: { readonly value: object }) =>
      operation.kindOf(value as JsonObject, pathParams) === kind;
    const name = operation.kinds.length === 1 ? examples[0]?.name : examples.find(isOfKind)?.name;
    if (name === undefined) {
      const message = `no example of the request creates a task of kind "${kind.kind}"`;
      findings.push({ severity: 'error', root: 'document', pointer: body, message });
      return [];
    }
    const request = exampleRequest(
      run,
      operation,
      `${body}/content${step('application/json')}/examples`,
      name,
    );
    return request === null ? [] : [{ request, kind }];
  });
}

/** Returns an example with the fields that the mock adds to it; null when it is invalid. */
function exampleRequest(
  run: Run,
  operation: SubmitOperation,
  examples: string,
  name: string,
): JsonObject | null {
  const { pack, findings, compile } = run;
  const { document } = pack;
  const example = placeOf(document, `${examples}${step(name)}`);
  const fields: Record<string, string> = {};
  if (operation.callbackUrlPointer !== null) fields[operation.callbackUrlPointer] = SAMPLE_URL;
  const pointer = operation.parent?.pointer ?? null;
  if (pointer !== null) fields[pointer] = parentId(operation);
  const request = sampleRequest(pack, operation, fields, 'dry-run', name);
  const schema = bodySchemaAt(document, `${run.documented.get(operation.id)?.pointer}/requestBody`);
  if (schema === null) return request;
  const defects = violations(compile(schema), request, document);
  for (const error of defects) {
    const pointer = `${example}/value${follow(atPointer(document, `${example}/value`), error).pointer}`;
    const message = `the example of the request is invalid: ${explainViolation(error, null)}`;
    findings.push({ severity: 'error', root: 'document', pointer, message });
  }
  return defects.length > 0 ? null : request;
}

/** URL of callbacks and neighboring pages in a dry run. Nothing is sent to it. */
export const SAMPLE_URL = 'https://example.com/callback';

function parentId({ kind }: SubmitOperation): string {
  return taskIdOf(kind, 'the parent of a dry run', null);
}

/** Returns a task in every state and with expired media, once for each way it can end. */
export function snapshotsOf(run: Run, operation: SubmitOperation, sample: SampleRequest): SampleMoment[] {
  const slugs = [null, ...run.pack.failures.keys()];
  const plans = slugs.map((failure) => planSample(run, operation, sample, failure));
  const canceled = plans.slice(0, 1).flatMap((plan) => cancel(plan, sample.kind));
  return [...plans, ...canceled].flatMap((plan) => snapshotsOfPlan(plan));
}

function snapshotsOfPlan(plan: Plan): SampleMoment[] {
  const endedAt = plan.steps.at(-1)?.at ?? plan.submittedAt;
  const views = plan.steps.map(({ at }) => viewTask(plan, at === endedAt ? at : at + STEP_MS / 2));
  if (plan.mediaExpiresAt !== null) views.push(viewTask(plan, plan.mediaExpiresAt));
  if (plan.abandonedState !== null && plan.outcome.type === 'success') {
    views.push(viewTask(plan, endedAt, true));
  }
  return views.map((view) => ({
    plan,
    view,
    title: `in state "${view.state}" of ${outcomeName(plan.outcome)}`,
  }));
}

const STEP_MS = 60_000;

function planSample(
  run: Run,
  operation: SubmitOperation,
  { request, kind }: SampleRequest,
  failure: string | null,
): Plan {
  return planTask({
    rules: { ...kind, steps: kind.steps.map(evenStep) },
    operation: operation.id,
    account: 'dry-run' as Account,
    scenario: { ...SUCCESS, name: 'dry-run', failure },
    request,
    pathParams: samplePathParams(run, operation),
    parentId: operation.parent === null ? null : taskIdOf(kind, 'the parent of a dry run', null),
    announcement: null,
    origin: 'http://127.0.0.1:4010',
    seed: `dry-run ${operation.id} ${kind.kind} ${failure}`,
    submittedAt: SUBMITTED_AT,
    speed: 1,
    instant: false,
    capacity: null,
  });
}

/** A fixed time, so that every dry run is the same. */
const SUBMITTED_AT = Date.UTC(2026, 0, 1);

/** Gives each step the same duration, so that steps of zero length are included. */
function evenStep(rule: StepRule): StepRule {
  return { ...rule, minMs: STEP_MS, maxMs: STEP_MS, waitsForSlot: false, holdsSlot: false };
}

/** Returns the plan of the same task, canceled in its first state. */
function cancel(plan: Plan, { ends }: KindRules): Plan[] {
  const [first] = plan.steps;
  if (ends.canceled === null || first === undefined) return [];
  const steps = [first, { state: ends.canceled, at: first.at + STEP_MS }];
  return [{ ...plan, steps, outcome: { type: 'canceled' }, mediaExpiresAt: null }];
}

/** Returns sample path parameters: the document's example, or else the name of the parameter. */
export function samplePathParams({ documented }: Run, { id, path }: Operation): PathParams | null {
  const names = pathParamNames(path);
  if (names.length === 0) return null;
  const parameters = documented.get(id)?.operation.parameters ?? [];
  return Object.fromEntries(
    names.map((name) => {
      const own = parameters.find((parameter) => 'name' in parameter && parameter.name === name);
      return [name, String((own as { example?: Json } | undefined)?.example ?? name)];
    }),
  );
}
