import type { ErrorObject, ValidateFunction } from 'ajv';
import type { OpenAPIV3_1 } from 'openapi-types';
import { planTask, taskIdOf } from '../core/plan.ts';
import type { Account, Json, JsonObject, PathParams, Plan, Scenario, StepRule } from '../core/types.ts';
import { type TaskView, viewTask } from '../core/view.ts';
import { step } from './defect.ts';
import { type DocumentOperation, findCallback, listOperations } from './document.ts';
import {
  bodySchemaAt,
  placeOf,
  responseAt,
  type SchemaCompiler,
  schemaCompiler,
} from './document-schemas.ts';
import { explainViolation } from './explain-violation.ts';
import { atPointer, pointerParts } from './expressions.ts';
import type { Finding } from './finding.ts';
import type { ErrorRole, Lifecycle } from './lifecycle.ts';
import type {
  AnswerOperation,
  CallContext,
  ListOperation,
  Operation,
  Pack,
  SubmitOperation,
  TaskPage,
} from './pack.ts';
import { relevantErrors } from './relevant-errors.ts';
import { sampleRequest } from './sample-request.ts';
import { JsonText } from './template.ts';

/** Result of a dry run. */
export interface DryRun {
  readonly findings: readonly Finding[];
  /** Schemas that cannot be compiled. */
  readonly unusable: readonly Finding[];
  /** Pointers to the templates that were rendered and validated. */
  readonly templates: ReadonlySet<string>;
  /** States in which templates were rendered. */
  readonly states: ReadonlySet<string>;
}

/** A task at one moment, with a title for findings. */
interface Snapshot {
  readonly plan: Plan;
  readonly view: TaskView;
  readonly title: string;
}

/** Shared state of a dry run. */
interface Run {
  readonly pack: Pack;
  readonly lifecycle: Lifecycle;
  readonly documented: ReadonlyMap<string, DocumentOperation>;
  /** Pointers to the templates whose bodies were validated. */
  readonly templates: Set<string>;
  readonly states: Set<string>;
  readonly findings: Finding[];
  readonly unusable: Finding[];
  readonly compile: SafeCompiler;
  readonly validate: Validate;
}

/** A rendered body, with the pointers to its template and to its schema. */
interface RenderedBody {
  readonly body: string;
  readonly schema: string;
  readonly template: string;
  readonly shownBy: string;
  /** Returns the pointer to the source of an expression, for values that are not in the template itself. */
  readonly sourceOf?: (expression: string) => string | null;
}

type Validate = (rendered: RenderedBody) => void;

/** Renders every possible answer and callback of a pack, and validates each against the document. */
export function dryRunPack(pack: Pack, lifecycle: Lifecycle): DryRun {
  const run = startRun(pack, lifecycle);
  for (const operation of pack.operations) {
    if (operation.type === 'submit') dryRunTask(run, operation);
    if (operation.type === 'answer') checkAnswer(run, operation);
    if (operation.type === 'list') checkPage(run, operation, null);
    checkErrors(run, operation);
  }
  const { findings, unusable, templates, states } = run;
  return { findings, unusable, templates, states };
}

function startRun(pack: Pack, lifecycle: Lifecycle): Run {
  const findings: Finding[] = [];
  const templates = new Set<string>();
  const unusable: Finding[] = [];
  const compile = safely(schemaCompiler(pack.document, { thorough: true }), unusable);
  return {
    pack,
    lifecycle,
    documented: new Map(listOperations(pack.document).map((operation) => [operation.id, operation])),
    templates,
    states: new Set(),
    findings,
    unusable,
    compile,
    validate({ body, schema, template, shownBy, sourceOf = () => null }) {
      templates.add(template);
      for (const error of violations(compile(schema), JSON.parse(body), pack.document)) {
        const { pointer, source } = follow(atPointer(lifecycle, template), error);
        const origin = typeof source === 'string' ? sourceOf(source) : null;
        findings.push({
          severity: 'error',
          root: 'lifecycle',
          pointer: origin ?? template + pointer,
          message: explainViolation(error, null),
          shownBy,
        });
      }
    },
  };
}

/** Returns null for a schema that cannot be compiled, and reports it once. */
type SafeCompiler = (pointer: string) => ValidateFunction | null;

function safely(compile: SchemaCompiler, unusable: Finding[]): SafeCompiler {
  const known = new Map<string, ValidateFunction | null>();
  return (pointer) => {
    const compiled = known.get(pointer);
    if (compiled !== undefined) return compiled;
    let validate: ValidateFunction | null = null;
    try {
      validate = compile(pointer);
    } catch (error) {
      const message = `the schema cannot be compiled: ${(error as Error).message}`;
      unusable.push({ severity: 'error', root: 'document', pointer, message });
    }
    known.set(pointer, validate);
    return validate;
  };
}

function violations(
  validate: ValidateFunction | null,
  value: unknown,
  document: OpenAPIV3_1.Document,
): ErrorObject[] {
  if (validate === null || validate(value)) return [];
  return relevantErrors(validate.errors ?? [], document);
}

/** Follows the path of an error into a template, as far as possible: a codec turns everything inside it into one string. */
function follow(
  template: unknown,
  { instancePath, params }: ErrorObject,
): { pointer: string; source: unknown } {
  const extra = (params as { additionalProperty?: string }).additionalProperty;
  let pointer = '';
  let source = template;
  for (const part of [...pointerParts(instancePath), ...(extra === undefined ? [] : [extra])]) {
    const inner = atPointer(source, step(part));
    if (inner === undefined) break;
    pointer += step(part);
    source = inner;
  }
  return { pointer, source };
}

function dryRunTask(run: Run, operation: SubmitOperation): void {
  const request = exampleRequest(run, operation);
  if (request === null) return;
  for (const snapshot of snapshotsOf(run, operation, request)) {
    run.states.add(snapshot.view.state);
    if (snapshot.view.startedAt === null) {
      answer(run, operation, operation.status, operation.answer(snapshot), '/answer', snapshot.title);
    }
    for (const asked of run.pack.operations) checkPoll(run, asked, snapshot);
    announce(run, operation, snapshot);
  }
}

function checkPoll(run: Run, asked: Operation, snapshot: Snapshot): void {
  if (asked.type === 'list') return checkPage(run, asked, snapshot);
  if (asked.type !== 'poll' && asked.type !== 'cancel') return;
  const { state } = snapshot.view;
  const template = asked.answers?.get(state);
  if (template === undefined) return;
  const status = asked.type === 'poll' ? 200 : asked.status;
  answer(run, asked, status, template(snapshot), `/answers${step(state)}`, snapshot.title);
}

function checkAnswer(run: Run, operation: AnswerOperation): void {
  const body = operation.answer(sampleCall(run, operation));
  answer(run, operation, operation.status, body, '/answer', '');
}

/** Checks a page. @param snapshot the only task on the page; null for an empty page */
function checkPage(run: Run, operation: ListOperation, snapshot: Snapshot | null): void {
  const template = snapshot === null ? undefined : operation.items.get(snapshot.view.state);
  const text = snapshot === null ? undefined : template?.(snapshot);
  const count = text === undefined ? 0 : 1;
  const page: TaskPage = {
    items: new JsonText(`[${text ?? ''}]`),
    count,
    limit: operation.page.size,
    offset: 0,
    hasMore: count > 0,
    nextUrl: count > 0 ? CALLBACK_URL : null,
    previousUrl: null,
  };
  const body = operation.answer({ ...sampleCall(run, operation), page });
  const title = snapshot === null ? 'without tasks' : `with a task ${snapshot.title}`;
  answer(run, operation, 200, body, '/answer', title);
}

function sampleCall(run: Run, operation: AnswerOperation | ListOperation): CallContext {
  const pathParams = samplePathParams(run, operation) ?? {};
  const request = { query: () => undefined, header: () => undefined, pathParams, body: undefined };
  return { request, origin: 'http://127.0.0.1:4010', secret: 'whsec_cmVoZWFyc2Fs' };
}

/** Returns the document's example of a submission; null when it is missing or invalid. */
function exampleRequest(run: Run, operation: SubmitOperation): JsonObject | null {
  const { pack, findings, documented, compile } = run;
  const { document } = pack;
  const at = documented.get(operation.id)?.pointer ?? '';
  const body = placeOf(document, `${at}/requestBody`);
  const examples = `${body}/content${step('application/json')}/examples`;
  const [name] = Object.keys(atPointer(document, examples) ?? {});
  const example = placeOf(document, `${examples}${step(name ?? '')}`);
  const value = atPointer(document, `${example}/value`);
  if (name === undefined || typeof value !== 'object' || value === null) {
    const message =
      'the request does not have an example ("examples" of application/json), which "trigger" and "verify" send';
    const pointer = atPointer(document, body) === undefined ? at : body;
    findings.push({ severity: 'error', root: 'document', pointer, message });
    return null;
  }
  const fields: Record<string, string> = {};
  if (operation.callbackUrlPointer !== null) fields[operation.callbackUrlPointer] = CALLBACK_URL;
  const pointer = operation.parent?.pointer ?? null;
  if (pointer !== null) fields[pointer] = parentId(operation);
  const request = sampleRequest(pack, operation, fields, 'dry-run');
  const schema = bodySchemaAt(document, body);
  if (schema === null) return request;
  const defects = violations(compile(schema), request, document);
  for (const error of defects) {
    const pointer = `${example}/value${follow(value, error).pointer}`;
    const message = `the example of the request is invalid: ${explainViolation(error, null)}`;
    findings.push({ severity: 'error', root: 'document', pointer, message });
  }
  return defects.length > 0 ? null : request;
}

const CALLBACK_URL = 'https://example.com/callback';

function parentId({ kind }: SubmitOperation): string {
  return taskIdOf(kind, 'the parent of a dry run');
}

/** Returns a task in every state and with expired media, once for each way it can end. */
function snapshotsOf(run: Run, operation: SubmitOperation, request: JsonObject): Snapshot[] {
  const slugs = [null, ...run.pack.failures.keys()];
  const plans = slugs.map((failure) => planSample(run, operation, request, failure));
  const canceled = plans.slice(0, 1).flatMap((plan) => cancel(plan, operation));
  return [...plans, ...canceled].flatMap((plan) => snapshotsOfPlan(plan));
}

function snapshotsOfPlan(plan: Plan): Snapshot[] {
  const endedAt = plan.steps.at(-1)?.at ?? plan.submittedAt;
  const views = plan.steps.map(({ at }) => viewTask(plan, at === endedAt ? at : at + STEP_MS / 2));
  if (plan.mediaExpiresAt !== null) views.push(viewTask(plan, plan.mediaExpiresAt));
  if (plan.abandonedState !== null && plan.outcome.type === 'success') {
    views.push(viewTask(plan, endedAt, true));
  }
  const { outcome } = plan;
  const scenario = outcome.type === 'failure' ? `fail.${outcome.slug}` : outcome.type;
  return views.map((view) => ({ plan, view, title: `in state "${view.state}" of ${scenario}` }));
}

const STEP_MS = 60_000;

function planSample(run: Run, operation: SubmitOperation, request: JsonObject, failure: string | null): Plan {
  const { kind } = operation;
  return planTask({
    rules: { ...kind, steps: kind.steps.map(evenStep) },
    operation: operation.id,
    account: 'dry-run' as Account,
    scenario: { ...PLAIN, failure },
    request,
    pathParams: samplePathParams(run, operation),
    parentId: operation.parent === null ? null : taskIdOf(kind, 'the parent of a dry run'),
    announcement: null,
    origin: 'http://127.0.0.1:4010',
    seed: `dry-run ${operation.id} ${failure}`,
    submittedAt: SUBMITTED_AT,
    speed: 1,
    instant: false,
    capacity: null,
  });
}

/** A fixed time, so that every dry run is the same. */
const SUBMITTED_AT = Date.UTC(2026, 0, 1);

const PLAIN: Scenario = {
  name: 'dry-run',
  failure: null,
  submit: null,
  polls: [],
  hidden: false,
  callback: null,
  media: null,
  course: null,
};

/** Gives each step the same duration, so that steps of zero length are included. */
function evenStep(rule: StepRule): StepRule {
  return { ...rule, minMs: STEP_MS, maxMs: STEP_MS, waitsForSlot: false, holdsSlot: false };
}

/** Returns the plan of the same task, canceled in its first state. */
function cancel(plan: Plan, { kind: { ends } }: SubmitOperation): Plan[] {
  const [first] = plan.steps;
  if (ends.canceled === null || first === undefined) return [];
  const steps = [first, { state: ends.canceled, at: first.at + STEP_MS }];
  return [{ ...plan, steps, outcome: { type: 'canceled' }, mediaExpiresAt: null }];
}

/** Returns sample path parameters: the document's example, or else the name of the parameter. */
function samplePathParams({ documented }: Run, { id, path }: Operation): PathParams | null {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  if (names.length === 0) return null;
  const parameters = documented.get(id)?.operation.parameters ?? [];
  return Object.fromEntries(
    names.map((name) => {
      const own = parameters.find((parameter) => 'name' in parameter && parameter.name === name);
      return [name, String((own as { example?: Json } | undefined)?.example ?? name)];
    }),
  );
}

function answer(
  run: Run,
  operation: Operation,
  status: number,
  body: string,
  template: string,
  title: string,
): void {
  const { pack, findings, documented, validate } = run;
  const at = `/operations${step(operation.id)}`;
  const described = documented.get(operation.id);
  const response = described === undefined ? null : responseAt(pack.document, described, status);
  if (response === null) {
    const message = `the document does not describe a response ${status} for ${operation.method} ${operation.path}`;
    findings.push({ severity: 'error', root: 'lifecycle', pointer: `${at}/status`, message });
    return;
  }
  const schema = bodySchemaAt(pack.document, response);
  const shownBy = `${operation.method} ${operation.path} ${title}`.trim();
  if (schema !== null) validate({ body, schema, template: at + template, shownBy });
}

/** Checks the callback of the current state, if that state is announced. */
function announce({ pack, documented, validate }: Run, operation: SubmitOperation, snapshot: Snapshot): void {
  const { event } = operation;
  const { state } = snapshot.view;
  const template = event?.bodies.get(state);
  const described = documented.get(operation.id);
  if (event === null || template === undefined || described === undefined) return;
  const { pointer } = findCallback(pack.document, described, event.callback);
  const schema = bodySchemaAt(pack.document, `${placeOf(pack.document, pointer)}/post/requestBody`);
  if (schema === null) return;
  validate({
    body: template(snapshot),
    schema,
    template: `/events${step(event.name)}/bodies${step(state)}`,
    shownBy: `the callback of ${operation.id} ${snapshot.title}`,
  });
}

/** Checks every error that an operation can return, if the document describes that response. */
function checkErrors({ pack, lifecycle, documented, validate }: Run, operation: Operation): void {
  const described = documented.get(operation.id);
  if (described === undefined) return;
  const schemaFor = (status: number) => {
    const response = responseAt(pack.document, described, status);
    return response === null ? null : bodySchemaAt(pack.document, response);
  };
  const { codes, answers = {} } = lifecycle.errors;
  for (const [index, { code }] of codes.entries()) {
    const error = pack.errors.forCode(String(code));
    const schema = error === null ? null : schemaFor(error.status);
    if (error === null || schema === null) continue;
    validate({
      body: error.body,
      schema,
      template: '/errors/body',
      shownBy: `code ${code} of ${operation.method} ${operation.path}`,
      sourceOf: (expression) => sourceInTable(expression, index),
    });
  }
  for (const role of Object.keys(answers) as ErrorRole[]) {
    if (!canReturn(operation, role)) continue;
    const { status, body } = pack.errors.forRole(role);
    const schema = schemaFor(status);
    const shownBy = `"${role}" of ${operation.method} ${operation.path}`;
    if (schema !== null) validate({ body, schema, template: `/errors/answers/${role}/body`, shownBy });
  }
}

function sourceInTable(expression: string, index: number): string | null {
  const field = /\$error\.(code|message)/.exec(expression)?.[1];
  return field === undefined ? null : `/errors/codes/${index}/${field}`;
}

/** Unknown paths do not belong to an operation, and only operations that name a task can meet an unknown one. */
function canReturn(operation: Operation, role: ErrorRole): boolean {
  if (role !== 'unknownTask') return role !== 'unknownRoute';
  if (operation.type === 'list') return false;
  if (operation.type !== 'submit') return true;
  const rules = Object.values(operation.parent?.rules ?? {});
  return rules.some((rule) => rule.type === 'refuse' && rule.role === role);
}
