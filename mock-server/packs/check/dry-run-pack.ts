import { createRandom } from '../../core/random.ts';
import { findMessages } from '../document.ts';
import { bodySchemaAt, placeOf, responseAt } from '../document-schemas.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type {
  AnswerOperation,
  CallContext,
  DeriveRules,
  ListOperation,
  Operation,
  Pack,
  SubmitOperation,
  TaskPage,
} from '../pack.ts';
import { atPointer, step } from '../pointer.ts';
import { JsonText } from '../template.ts';
import type { UploadOperation } from '../uploads.ts';
import type { WebhookOperation } from '../webhooks.ts';
import { dryRunErrors } from './dry-run-errors.ts';
import { sampleEndpoints } from './dry-run-webhooks.ts';
import type { Finding } from './finding.ts';
import {
  exampleRequests,
  SAMPLE_URL,
  type SampleMoment,
  samplePathParams,
  snapshotsOf,
} from './sample-tasks.ts';
import { type Run, startRun } from './start-run.ts';

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

/** Renders every possible answer and callback of a pack, and validates each against the document. */
export function dryRunPack(pack: Pack, lifecycle: Lifecycle): DryRun {
  const run = startRun(pack, lifecycle);
  for (const operation of pack.operations) {
    if (operation.type === 'submit') dryRunTask(run, operation);
    if (operation.type === 'answer') checkAnswer(run, operation);
    if (operation.type === 'list') checkPage(run, operation, null);
    if (operation.type === 'upload') checkUpload(run, operation);
    if (operation.type === 'webhook') checkEndpoints(run, operation, lifecycle.webhooks);
    dryRunErrors(run, operation);
  }
  const { findings, unusable, templates, states } = run;
  return { findings, unusable, templates, states };
}

function dryRunTask(run: Run, operation: SubmitOperation): void {
  for (const { request, kind } of exampleRequests(run, operation)) {
    for (const snapshot of snapshotsOf(run, operation, { request, kind })) {
      run.states.add(snapshot.view.state);
      if (snapshot.view.startedAt === null) {
        answer(run, operation, operation.status, operation.answer(snapshot), '/answer', snapshot.title);
      }
      if (operation.derives === null) {
        for (const asked of run.pack.operations) checkPoll(run, asked, snapshot);
      } else {
        checkRepeated(run, operation, operation.derives, snapshot);
      }
      announce(run, operation, snapshot);
    }
  }
}

/** Returns the pointer to the body of a state: of the task's kind if it has its own, or else of all kinds. */
function bodyAt(run: Run, at: string, key: 'answers' | 'bodies', { plan, view }: SampleMoment): string {
  const own = `${at}/${key}Of${step(plan.kind)}${step(view.state)}`;
  return atPointer(run.lifecycle, own) === undefined ? `${at}/${key}${step(view.state)}` : own;
}

function checkPoll(run: Run, asked: Operation, snapshot: SampleMoment): void {
  if (asked.type === 'list') return checkPage(run, asked, snapshot);
  if (asked.type !== 'poll' && asked.type !== 'cancel') return;
  if (asked.type === 'poll' && asked.kinds?.has(snapshot.plan.kind) === false) return;
  const { state } = snapshot.view;
  if (asked.type === 'cancel' && asked.allowed !== null && !asked.allowed.states.has(state)) {
    const { refusal } = asked.allowed;
    if (typeof refusal !== 'function') return;
    const { status, body } = refusal(snapshot);
    return answer(run, asked, status, body, `/operations${step(asked.id)}/refused`, snapshot.title);
  }
  const template = asked.answers?.get(state);
  if (template === undefined) return;
  const { status, body } = template(snapshot);
  const at = bodyAt(run, `/operations${step(asked.id)}`, 'answers', snapshot);
  answer(run, asked, status, body, at, snapshot.title);
}

function checkRepeated(
  run: Run,
  operation: SubmitOperation,
  { answers }: DeriveRules,
  snapshot: SampleMoment,
): void {
  const template = answers.get(snapshot.view.state);
  if (template === undefined) return;
  const at = bodyAt(run, `/operations${step(operation.id)}`, 'answers', snapshot);
  const { status, body } = template(snapshot);
  answer(run, operation, status, body, at, snapshot.title);
}

function checkAnswer(run: Run, operation: AnswerOperation): void {
  const body = operation.answer(sampleCall(run, operation));
  answer(run, operation, operation.status, body, '/answer', '');
}

/** Checks a page. @param snapshot the only task on the page; null for an empty page */
function checkPage(run: Run, operation: ListOperation, snapshot: SampleMoment | null): void {
  const template = snapshot === null ? undefined : operation.items.get(snapshot.view.state);
  const text = snapshot === null ? undefined : template?.(snapshot);
  const count = text === undefined ? 0 : 1;
  const page: TaskPage = {
    items: new JsonText(`[${text ?? ''}]`),
    count,
    limit: operation.page.size,
    offset: 0,
    hasMore: count > 0,
    nextUrl: count > 0 ? SAMPLE_URL : null,
    previousUrl: null,
  };
  const body = operation.answer({ ...sampleCall(run, operation), page });
  const title = snapshot === null ? 'without tasks' : `with a task ${snapshot.title}`;
  answer(run, operation, operation.status, body, '/answer', title);
}

function checkEndpoints(run: Run, operation: WebhookOperation, source: Lifecycle['webhooks']): void {
  const call = sampleCall(run, operation);
  const endpoints = sampleEndpoints(source, SAMPLE_URL);
  const { status } = operation;
  if (operation.action === 'list') {
    return answer(run, operation, status, operation.list(call, endpoints), '/answer', 'with endpoints');
  }
  for (const endpoint of endpoints) {
    const body = operation.answer?.({ ...call, endpoint }) ?? '';
    answer(run, operation, status, body, '/answer', `of an endpoint that is ${endpoint.status}`);
  }
}

function checkUpload(run: Run, operation: UploadOperation): void {
  const upload = { url: SAMPLE_URL, name: 'photo.jpg', type: 'image/jpeg', size: 1000 };
  const times = { createdAt: Date.UTC(2026, 0, 1), expiresAt: Date.UTC(2026, 0, 2) };
  const id = createRandom('the upload of a dry run').id(run.pack.uploads?.idForm ?? 'uuid');
  const context = { ...sampleCall(run, operation), upload: { id, ...upload, ...times } };
  answer(run, operation, operation.status, operation.answer(context), '/answer', '');
  for (const [role, errorOf] of operation.errors) {
    const { status, body } = errorOf(undefined, context.request);
    answer(run, operation, status, body, `/errors/${role}`, `with the error ${role}`);
  }
}

function sampleCall(
  run: Run,
  operation: AnswerOperation | ListOperation | UploadOperation | WebhookOperation,
): CallContext {
  const pathParams = samplePathParams(run, operation) ?? {};
  const request = { query: () => undefined, header: () => undefined, pathParams, body: undefined };
  return { request, origin: 'http://127.0.0.1:4010', secret: 'whsec_cmVoZWFyc2Fs' };
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
  const pointer = template.startsWith('/operations') ? template : at + template;
  if (schema !== null) validate({ body, schema, template: pointer, shownBy });
}

/** Checks the callback of the current state, if that state is announced. */
function announce(run: Run, operation: SubmitOperation, snapshot: SampleMoment): void {
  const { pack, documented, validate } = run;
  const { state } = snapshot.view;
  const described = documented.get(operation.id);
  for (const event of operation.events) {
    const template = event.bodies.get(state);
    if (template === undefined || described === undefined) continue;
    const pointer = findMessages(pack.document, described, event);
    const schema = bodySchemaAt(pack.document, `${placeOf(pack.document, pointer)}/post/requestBody`);
    if (schema === null) continue;
    validate({
      body: template(snapshot),
      schema,
      template: bodyAt(run, `/events${step(event.name)}`, 'bodies', snapshot),
      shownBy: `the callback of ${operation.id} ${snapshot.title}`,
    });
  }
}
