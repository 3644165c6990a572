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
import { sampleRequest } from './sample-request.ts';
import { tellingErrors } from './telling-errors.ts';
import { JsonText } from './template.ts';

export interface Rehearsal {
  readonly findings: readonly Finding[];
  /** Schemas that nothing can be judged by. */
  readonly unusable: readonly Finding[];
  /** Where the templates stand that were judged. */
  readonly templates: ReadonlySet<string>;
  readonly states: ReadonlySet<string>;
}

/** One look at a task: what it is asked about, and what it is called when something is wrong with the answer. */
interface Scene {
  readonly plan: Plan;
  readonly view: TaskView;
  readonly title: string;
}

interface Stage {
  readonly pack: Pack;
  readonly lifecycle: Lifecycle;
  readonly documented: ReadonlyMap<string, DocumentOperation>;
  /** The templates of bodies that the document was asked about, by their place. */
  readonly templates: Set<string>;
  readonly states: Set<string>;
  readonly findings: Finding[];
  readonly unusable: Finding[];
  readonly compile: CautiousCompiler;
  readonly judge: Judge;
}

/** A body, where its template stands, and where the document has its schema. */
interface Line {
  readonly body: string;
  readonly schema: string;
  readonly template: string;
  readonly shownBy: string;
  /** Where a value came from that the template only refers to. */
  readonly sourceOf?: (expression: string) => string | null;
}

type Judge = (line: Line) => void;

/** Plays every task of a pack that can be, and holds each answer and callback against the document. */
export function rehearsePack(pack: Pack, lifecycle: Lifecycle): Rehearsal {
  const stage = openStage(pack, lifecycle);
  for (const operation of pack.operations) {
    if (operation.type === 'submit') rehearseTask(stage, operation);
    if (operation.type === 'answer') rehearseAnswer(stage, operation);
    if (operation.type === 'list') rehearsePage(stage, operation, null);
    rehearseErrors(stage, operation);
  }
  const { findings, unusable, templates, states } = stage;
  return { findings, unusable, templates, states };
}

function openStage(pack: Pack, lifecycle: Lifecycle): Stage {
  const findings: Finding[] = [];
  const templates = new Set<string>();
  const unusable: Finding[] = [];
  const compile = cautiously(schemaCompiler(pack.document, { thorough: true }), unusable);
  return {
    pack,
    lifecycle,
    documented: new Map(listOperations(pack.document).map((operation) => [operation.id, operation])),
    templates,
    states: new Set(),
    findings,
    unusable,
    compile,
    judge({ body, schema, template, shownBy, sourceOf = () => null }) {
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

/** Null for a schema that cannot be compiled, which is written down once. */
type CautiousCompiler = (pointer: string) => ValidateFunction | null;

function cautiously(compile: SchemaCompiler, unusable: Finding[]): CautiousCompiler {
  const known = new Map<string, ValidateFunction | null>();
  return (pointer) => {
    const made = known.get(pointer);
    if (made !== undefined) return made;
    let validate: ValidateFunction | null = null;
    try {
      validate = compile(pointer);
    } catch (error) {
      const message = `no schema to judge by: ${(error as Error).message}`;
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
  return tellingErrors(validate.errors ?? [], document);
}

/** As far as a template has what the error is about: a codec makes one text of all that is inside it. */
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

function rehearseTask(stage: Stage, operation: SubmitOperation): void {
  const request = rehearseRequest(stage, operation);
  if (request === null) return;
  for (const scene of scenesOf(stage, operation, request)) {
    stage.states.add(scene.view.state);
    if (scene.view.startedAt === null) {
      answer(stage, operation, operation.status, operation.answer(scene), '/answer', scene.title);
    }
    for (const asked of stage.pack.operations) rehearseQuestion(stage, asked, scene);
    announce(stage, operation, scene);
  }
}

function rehearseQuestion(stage: Stage, asked: Operation, scene: Scene): void {
  if (asked.type === 'list') return rehearsePage(stage, asked, scene);
  if (asked.type !== 'poll' && asked.type !== 'cancel') return;
  const { state } = scene.view;
  const template = asked.answers?.get(state);
  if (template === undefined) return;
  const status = asked.type === 'poll' ? 200 : asked.status;
  answer(stage, asked, status, template(scene), `/answers${step(state)}`, scene.title);
}

function rehearseAnswer(stage: Stage, operation: AnswerOperation): void {
  const body = operation.answer(sampleCall(stage, operation));
  answer(stage, operation, operation.status, body, '/answer', 'as it is');
}

/** @param scene the one task of the page; null for a page without any */
function rehearsePage(stage: Stage, operation: ListOperation, scene: Scene | null): void {
  const template = scene === null ? undefined : operation.items.get(scene.view.state);
  const text = scene === null ? undefined : template?.(scene);
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
  const body = operation.answer({ ...sampleCall(stage, operation), page });
  const title = scene === null ? 'of no task' : `of a task ${scene.title}`;
  answer(stage, operation, 200, body, '/answer', title);
}

function sampleCall(stage: Stage, operation: AnswerOperation | ListOperation): CallContext {
  const pathParams = samplePathParams(stage, operation) ?? {};
  const request = { query: () => undefined, header: () => undefined, pathParams, body: undefined };
  return { request, origin: 'http://127.0.0.1:4010', secret: 'whsec_cmVoZWFyc2Fs' };
}

/** The document's own example of a submission; null when there is none that could be sent. */
function rehearseRequest(stage: Stage, operation: SubmitOperation): JsonObject | null {
  const { pack, findings, documented, compile } = stage;
  const { document } = pack;
  const at = documented.get(operation.id)?.pointer ?? '';
  const body = placeOf(document, `${at}/requestBody`);
  const examples = `${body}/content${step('application/json')}/examples`;
  const [name] = Object.keys(atPointer(document, examples) ?? {});
  const example = placeOf(document, `${examples}${step(name ?? '')}`);
  const value = atPointer(document, `${example}/value`);
  if (name === undefined || typeof value !== 'object' || value === null) {
    const message = 'there is no example of its request ("examples" of application/json): "trigger" sends it';
    const pointer = atPointer(document, body) === undefined ? at : body;
    findings.push({ severity: 'error', root: 'document', pointer, message });
    return null;
  }
  const fields: Record<string, string> = {};
  if (operation.callbackUrlPointer !== null) fields[operation.callbackUrlPointer] = CALLBACK_URL;
  const pointer = operation.parent?.pointer ?? null;
  if (pointer !== null) fields[pointer] = parentId(operation);
  const request = sampleRequest(pack, operation, fields, 'rehearsal');
  const schema = bodySchemaAt(document, body);
  if (schema === null) return request;
  const refusals = violations(compile(schema), request, document);
  for (const error of refusals) {
    const pointer = `${example}/value${follow(value, error).pointer}`;
    const message = `the example of a request is refused: ${explainViolation(error, null)}`;
    findings.push({ severity: 'error', root: 'document', pointer, message });
  }
  return refusals.length > 0 ? null : request;
}

const CALLBACK_URL = 'https://example.com/callback';

function parentId({ kind }: SubmitOperation): string {
  return taskIdOf(kind, 'the parent of a rehearsal');
}

/** A task's whole life, once for each way it can end: a look at it in every state, and when its media is gone. */
function scenesOf(stage: Stage, operation: SubmitOperation, request: JsonObject): Scene[] {
  const slugs = [null, ...stage.pack.failures.keys()];
  const plans = slugs.map((failure) => planSample(stage, operation, request, failure));
  const canceled = plans.slice(0, 1).flatMap((plan) => cancel(plan, operation));
  return [...plans, ...canceled].flatMap((plan) => scenesOfPlan(plan));
}

function scenesOfPlan(plan: Plan): Scene[] {
  const endedAt = plan.steps.at(-1)?.at ?? plan.submittedAt;
  const looks = plan.steps.map(({ at }) => viewTask(plan, at === endedAt ? at : at + STEP_MS / 2));
  if (plan.mediaExpiresAt !== null) looks.push(viewTask(plan, plan.mediaExpiresAt));
  if (plan.abandonedState !== null && plan.outcome.type === 'success') {
    looks.push(viewTask(plan, endedAt, true));
  }
  const { outcome } = plan;
  const how = outcome.type === 'failure' ? `fail.${outcome.slug}` : outcome.type;
  return looks.map((view) => ({ plan, view, title: `in state "${view.state}" of ${how}` }));
}

const STEP_MS = 60_000;

function planSample(
  stage: Stage,
  operation: SubmitOperation,
  request: JsonObject,
  failure: string | null,
): Plan {
  const { kind } = operation;
  return planTask({
    rules: { ...kind, steps: kind.steps.map(evenStep) },
    operation: operation.id,
    account: 'rehearsal' as Account,
    scenario: { ...PLAIN, failure },
    request,
    pathParams: samplePathParams(stage, operation),
    parentId: operation.parent === null ? null : taskIdOf(kind, 'the parent of a rehearsal'),
    announcement: null,
    origin: 'http://127.0.0.1:4010',
    seed: `rehearsal ${operation.id} ${failure}`,
    submittedAt: SUBMITTED_AT,
    speed: 1,
    instant: false,
    capacity: null,
  });
}

/** Any moment will do; a rehearsal is the same each time. */
const SUBMITTED_AT = Date.UTC(2026, 0, 1);

const PLAIN: Scenario = {
  name: 'rehearsal',
  failure: null,
  submit: null,
  polls: [],
  hidden: false,
  callback: null,
  media: null,
  course: null,
};

/** Steps that usually last no time are looked at, too. */
function evenStep(rule: StepRule): StepRule {
  return { ...rule, minMs: STEP_MS, maxMs: STEP_MS, waitsForSlot: false, holdsSlot: false };
}

/** The same task, ended by its client in its first state. */
function cancel(plan: Plan, { kind: { ends } }: SubmitOperation): Plan[] {
  const [first] = plan.steps;
  if (ends.canceled === null || first === undefined) return [];
  const steps = [first, { state: ends.canceled, at: first.at + STEP_MS }];
  return [{ ...plan, steps, outcome: { type: 'canceled' }, mediaExpiresAt: null }];
}

/** What the document gives as an example, else the parameter's own name. */
function samplePathParams({ documented }: Stage, { id, path }: Operation): PathParams | null {
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
  stage: Stage,
  operation: Operation,
  status: number,
  body: string,
  template: string,
  title: string,
): void {
  const { pack, findings, documented, judge } = stage;
  const at = `/operations${step(operation.id)}`;
  const described = documented.get(operation.id);
  const response = described === undefined ? null : responseAt(pack.document, described, status);
  if (response === null) {
    const message = `the document describes no response ${status} of ${operation.method} ${operation.path}`;
    findings.push({ severity: 'error', root: 'lifecycle', pointer: `${at}/status`, message });
    return;
  }
  const schema = bodySchemaAt(pack.document, response);
  const shownBy = `${operation.method} ${operation.path} ${title}`;
  if (schema !== null) judge({ body, schema, template: at + template, shownBy });
}

/** The callback of the state that is looked at, when that state is announced. */
function announce({ pack, documented, judge }: Stage, operation: SubmitOperation, scene: Scene): void {
  const { event } = operation;
  const { state } = scene.view;
  const template = event?.bodies.get(state);
  const described = documented.get(operation.id);
  if (event === null || template === undefined || described === undefined) return;
  const { pointer } = findCallback(pack.document, described, event.callback);
  const schema = bodySchemaAt(pack.document, `${placeOf(pack.document, pointer)}/post/requestBody`);
  if (schema === null) return;
  judge({
    body: template(scene),
    schema,
    template: `/events${step(event.name)}/bodies${step(state)}`,
    shownBy: `the callback of ${operation.id} ${scene.title}`,
  });
}

/** Every error that an operation can answer, as far as the document describes such an answer. */
function rehearseErrors({ pack, lifecycle, documented, judge }: Stage, operation: Operation): void {
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
    judge({
      body: error.body,
      schema,
      template: '/errors/body',
      shownBy: `code ${code} of ${operation.method} ${operation.path}`,
      sourceOf: (expression) => sourceInTable(expression, index),
    });
  }
  for (const role of Object.keys(answers) as ErrorRole[]) {
    if (!canMeet(operation, role)) continue;
    const { status, body } = pack.errors.forRole(role);
    const schema = schemaFor(status);
    const shownBy = `"${role}" of ${operation.method} ${operation.path}`;
    if (schema !== null) judge({ body, schema, template: `/errors/answers/${role}/body`, shownBy });
  }
}

function sourceInTable(expression: string, index: number): string | null {
  const field = /\$error\.(code|message)/.exec(expression)?.[1];
  return field === undefined ? null : `/errors/codes/${index}/${field}`;
}

/** An unknown path is no operation's; a task is unknown only to who is asked for one. */
function canMeet(operation: Operation, role: ErrorRole): boolean {
  if (role !== 'unknownTask') return role !== 'unknownRoute';
  if (operation.type === 'list') return false;
  if (operation.type !== 'submit') return true;
  const rules = Object.values(operation.parent?.rules ?? {});
  return rules.some((rule) => rule.type === 'refuse' && rule.role === role);
}
