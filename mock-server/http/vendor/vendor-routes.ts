import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError } from '../../core/coded-error.ts';
import { isSystemError } from '../../core/system-error.ts';
import type { Account, JsonObject, PathParams, PollFault, Scenario, TaskId } from '../../core/types.ts';
import { faultOfPoll } from '../../core/view.ts';
import type { PollResult } from '../../engine/answers.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Settings } from '../../engine/settings.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Answer } from '../../packs/error-answers.ts';
import type { ErrorRole } from '../../packs/lifecycle.ts';
import type {
  AnswerOperation,
  CallContext,
  CancelOperation,
  DeleteOperation,
  ListOperation,
  Operation,
  Pack,
  PollOperation,
  RequestParts,
  SubmitOperation,
} from '../../packs/pack.ts';
import {
  createRequestValidator,
  type RequestValidator,
  type Violation,
} from '../../packs/request-validator.ts';
import { chooseScenario } from '../../scenarios/choose-scenario.ts';
import type { Accounts } from '../accounts.ts';
import { answerDefect } from '../answer-defect.ts';
import type { Intake } from '../intake.ts';
import { parseJsonBody } from '../json-body.ts';
import { createOriginOf } from '../origin.ts';
import { NO_ROOM, type ReadBody, readBody } from '../read-body.ts';
import type { Match, Router } from './router.ts';
import { createStrayCalls, unknownText } from './stray-calls.ts';
import { type Call, createVendorAnswers } from './vendor-answers.ts';

export interface VendorRoutesOptions {
  readonly router: Router;
  readonly engine: Engine;
  readonly accounts: Accounts;
  readonly journal: Journal;
  readonly settings: Settings;
  readonly intake: Intake;
}

/** Serves the paths of the vendors. A plain handler without a framework, because polls are frequent. */
export interface VendorRoutes {
  /** Handles a request; returns false when it does not match any operation. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): boolean;
  /**
   * Answers a request that does not match any operation, in the envelope of the vendor it was meant for if that is
   * known.
   */
  handleUnknown(request: IncomingMessage, response: ServerResponse, path: string): void;
}

type FoundTask = Extract<PollResult, { readonly type: 'found' }>;

/** A call that matches an operation. */
interface OperationCall extends Call {
  readonly pack: Pack;
  readonly match: Match;
  hasOddNumbers: boolean;
}

export function createVendorRoutes(options: VendorRoutesOptions): VendorRoutes {
  const { router, engine, accounts, journal, settings, intake } = options;
  const { send, sendHalf, breakOff } = createVendorAnswers(journal);
  const strays = createStrayCalls(options);
  const originOf = createOriginOf(settings.publicUrl);
  const validators = new WeakMap<Pack, RequestValidator>();

  function validatorOf(pack: Pack): RequestValidator {
    let validator = validators.get(pack);
    if (validator === undefined) {
      validator = createRequestValidator(pack);
      validators.set(pack, validator);
    }
    return validator;
  }

  function handleMatch(match: Match, request: IncomingMessage, response: ServerResponse, path: string): void {
    const call = openCall(match, request, response);
    if (request.method === 'GET' || request.method === 'DELETE') return dispatch(call, match, undefined);
    afterwards(call, readBody(request, { intake, limit: match.pack.bodyLimit }), (body) => {
      // The pack may have been reloaded while the body arrived, and the task must be planned by the current version.
      const now = router.find(request.method ?? '', path);
      if (now === null) return refuseRemoved(call, path);
      takeBody(now.pack === call.pack ? call : { ...call, pack: now.pack, match: now }, now, body);
    });
  }

  function takeBody(call: OperationCall, match: Match, body: ReadBody): void {
    if (body.type === 'aborted') return;
    // The rest of the body is not awaited, so no further request can follow on this connection.
    if (body.type === 'read') call.bodyText = body.text;
    else call.response.setHeader('connection', 'close');
    // Authentication is checked before the body.
    if (call.account === null) return refuse(call, 'unauthorized');
    if (body.type === 'too-large') {
      return refuse(call, 'invalid', `the body exceeds the limit of ${call.pack.bodyLimit} bytes`);
    }
    if (body.type === 'no-room') return refuse(call, 'internal', `${NO_ROOM.message}. ${NO_ROOM.remedy}`);
    const parsed = parseJsonBody(call.request.headers, body);
    if (parsed.type === 'refused') return refuse(call, 'invalid', parsed.because);
    call.hasOddNumbers = parsed.hasOddNumbers ?? false;
    dispatch(call, match, parsed.value);
  }

  function openCall(match: Match, request: IncomingMessage, response: ServerResponse): OperationCall {
    const { pack } = match;
    const account = accounts.fromHeader(request.headers.authorization, pack.auth.schemes);
    const startedAt = performance.now();
    return {
      request,
      response,
      pack,
      match,
      route: 'operation',
      meant: null,
      account,
      startedAt,
      bodyText: '',
      hasOddNumbers: false,
    };
  }

  function dispatch(call: OperationCall, match: Match, body: unknown): void {
    if (call.account === null) return refuse(call, 'unauthorized');
    const parts = partsOf(call.request, match, body);
    const { pack, operation } = match;
    try {
      const trouble = validatorOf(pack)(operation, parts);
      if (trouble !== null) return refuseFor(call, trouble);
      const refusal = isChange(operation) ? journal.refusal() : null;
      if (refusal !== null) return refuseUnsaved(call, refusal);
      perform(call, operation, call.account, parts);
    } catch (error) {
      refuseBecause(call, error);
    }
  }

  /** Returns whether calls of the operation change state, which could be lost if the disk fails. */
  function isChange({ type }: Operation): boolean {
    if (type === 'poll') return engine.pollsMoveTime;
    return type === 'submit' || type === 'cancel' || type === 'delete';
  }

  function refuseBecause(call: OperationCall, error: unknown): void {
    if (error instanceof CodedError)
      return refuse(call, 'invalid', `${error.message}. ${error.remedy}`.trim());
    if (!isSystemError(error) || call.response.headersSent) throw error;
    // A client under test handles the errors of its vendor only.
    const { status, ...answer } = call.pack.errors.forRole('internal', error.message);
    send(call, { ...answer, status: status >= 400 ? Math.max(status, 500) : status }, null);
  }

  function perform(call: OperationCall, operation: Operation, account: Account, parts: RequestParts): void {
    switch (operation.type) {
      case 'submit':
        return submit(call, operation, account, (parts.body ?? {}) as JsonObject);
      case 'poll':
        return poll(call, operation, parts);
      case 'cancel':
        return cancel(call, operation, parts);
      case 'delete':
        return remove(call, operation, parts);
      case 'list':
        return list(call, operation, account, parts);
      case 'answer':
        return answerCall(call, operation, parts);
    }
  }

  function submit(
    call: OperationCall,
    operation: SubmitOperation,
    account: Account,
    request: JsonObject,
  ): void {
    const name = chooseScenario({
      header: headerScenario(call.request),
      prompt: operation.promptOf(request),
      queued: () => engine.scenarios.take(account, call.pack),
      fallback: engine.scenarios.fallbackFor(call.pack),
    });
    const scenario = engine.scenarios.parse(call.pack, name);
    if (scenario.submit?.type === 'code') {
      const refusal = requestedRefusal(call.pack, scenario.submit.code, settings.retryAfterS);
      return afterSaving(call, () => send(call, refusal, null));
    }
    const result = engine.submit({
      pack: call.pack,
      operation,
      account,
      request,
      pathParams: pathParamsOf(call.match),
      bodyText: call.bodyText,
      hasOddNumbers: call.hasOddNumbers,
      scenario,
      origin: originOf(call.request),
    });
    if (result.type === 'refused') return afterSaving(call, () => send(call, result.answer, null));
    const { taskId, callbacks } = result.task.plan;
    afterSaving(
      call,
      () => answerSubmission(call, scenario, taskId, callbacks.length, result.answer),
      () => engine.withdraw(result.task),
    );
  }

  /**
   * Answers a call that has changed state, after the changes are on disk, if there is a disk. If they cannot be
   * written, the call is refused.
   */
  function afterSaving(call: OperationCall, answer: () => void, undo: () => void = () => undefined): void {
    const kept = journal.durable();
    if (kept === null) return answer();
    const refuseCall = (error: unknown): void => {
      if (!(error instanceof CodedError)) throw error;
      undo();
      refuseUnsaved(call, error);
    };
    kept.then(answer, refuseCall).catch((error: unknown) => answerDefect(call.response, error));
  }

  function refuseUnsaved(call: OperationCall, { message }: CodedError): void {
    refuse(call, 'maintenance', message);
  }

  function answerSubmission(
    call: OperationCall,
    scenario: Scenario,
    taskId: TaskId,
    callbacks: number,
    answer: Answer,
  ): void {
    if (scenario.submit?.type === 'reset') return breakOff(call, taskId);
    if (scenario.submit?.type === 'slow') {
      // This timer must not keep the process alive.
      setTimeout(() => send(call, answer, taskId), settings.slowAnswerMs).unref();
      return;
    }
    if (scenario.callback === 'before-response' && callbacks > 0) {
      return afterwards(call, engine.firstCallback(taskId), () => send(call, answer, taskId));
    }
    send(call, answer, taskId);
  }

  function poll(call: OperationCall, operation: PollOperation, parts: RequestParts): void {
    const result = engine.poll(call.pack, operation, String(operation.taskIdOf(parts) ?? ''));
    const asked = requestedFault(call);
    const answer = (): void => {
      if (result.type === 'unknown') send(call, result.answer, null);
      else answerPoll(call, asked ?? result.fault, result);
    };
    if (result.task === null || !engine.pollsMoveTime) return answer();
    // With a disk, the step of the clock is written before the answer.
    if (!journal.isKept) {
      answer();
      return engine.polled(result.task);
    }
    engine.polled(result.task);
    afterSaving(call, answer);
  }

  function cancel(call: OperationCall, operation: CancelOperation, parts: RequestParts): void {
    const { answer, taskId } = engine.cancel(call.pack, operation, String(operation.taskIdOf(parts) ?? ''));
    afterSaving(call, () => send(call, answer, taskId));
  }

  function remove(call: OperationCall, operation: DeleteOperation, parts: RequestParts): void {
    const { answer, taskId } = engine.delete(call.pack, operation, String(operation.taskIdOf(parts) ?? ''));
    afterSaving(call, () => send(call, answer, taskId));
  }

  function list(
    call: OperationCall,
    operation: ListOperation,
    account: Account,
    request: RequestParts,
  ): void {
    const context = contextOf(call, request);
    const url = context.origin + (call.request.url ?? '');
    const page = engine.list(call.pack, operation, account, { request, url });
    send(call, { status: 200, body: operation.answer({ ...context, page }) }, null);
  }

  function answerCall(call: OperationCall, operation: AnswerOperation, request: RequestParts): void {
    if (operation.needsSecret && settings.secret === null) {
      return refuse(call, 'unknownTask', 'callbacks are not signed; start the mock with --secret');
    }
    send(call, { status: operation.status, body: operation.answer(contextOf(call, request)) }, null);
  }

  function contextOf(call: OperationCall, request: RequestParts): CallContext {
    return { request, origin: originOf(call.request), secret: settings.secret };
  }

  /** Returns the fault that the header of this poll requests; it applies to this answer only. */
  function requestedFault(call: OperationCall): PollFault | null {
    const name = headerScenario(call.request);
    return name === undefined ? null : faultOfPoll(engine.scenarios.parse(call.pack, name).polls, 1);
  }

  function answerPoll(
    call: OperationCall,
    fault: PollFault | null,
    { answer, task, state }: FoundTask,
  ): void {
    const { taskId } = task.plan;
    if (fault === null) return send(call, answer, taskId, state);
    if (fault.type === 'code') return send(call, codeAnswer(call.pack, fault.code), taskId);
    if (fault.type === 'truncated') return sendHalf(call, answer, taskId);
    breakOff(call, taskId);
  }

  function refuseFor(call: OperationCall, { code, message }: Violation): void {
    const answer = code === null ? null : call.pack.errors.forCode(code);
    send(call, answer ?? call.pack.errors.forRole('invalid', message), null);
  }

  function refuse(call: OperationCall, role: ErrorRole, detail?: string): void {
    send(call, call.pack.errors.forRole(role, detail), null);
  }

  /** Refuses a call whose operation was removed while its body arrived. */
  function refuseRemoved(call: OperationCall, path: string): void {
    const answer = call.pack.errors.forRole(
      'unknownRoute',
      unknownText(`${call.request.method} ${path}`, null),
    );
    send({ ...call, match: null, route: 'unknown' }, answer, null);
  }

  return {
    handle(request, response, path) {
      // Browsers send an Origin with requests of pages of other origins.
      if (request.headers.origin !== undefined) {
        response.setHeader('access-control-allow-origin', '*');
        response.setHeader('access-control-expose-headers', '*');
        if (isPreflight(request) && router.find(requestedMethod(request), path) !== null) {
          strays.handlePreflight(request, response, path);
          return true;
        }
      }
      const match = router.find(request.method ?? '', path);
      if (match === null) return false;
      handleMatch(match, request, response, path);
      return true;
    },
    handleUnknown(request, response, path) {
      if (isPreflight(request)) strays.handlePreflight(request, response, path);
      else strays.handle(request, response, path);
    },
  };
}

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

function requestedMethod({ headers }: IncomingMessage): string {
  return String(headers['access-control-request-method']);
}

function headerScenario(request: IncomingMessage): string | undefined {
  return firstOf(request.headers['x-mock-scenario']);
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function pathParamsOf({ pathParams }: Match): PathParams | null {
  return Object.keys(pathParams).length === 0 ? null : pathParams;
}

function partsOf(request: IncomingMessage, { pathParams }: Match, body: unknown): RequestParts {
  let query: URLSearchParams | undefined;
  return {
    body,
    pathParams,
    header: (name) => firstOf(request.headers[name.toLowerCase()]),
    query(name) {
      const url = request.url ?? '';
      const start = url.indexOf('?');
      const text = start < 0 ? '' : url.slice(start + 1);
      // The fast path for nearly all polls: one parameter without encoded characters.
      if (text.startsWith(`${name}=`) && !/[&%+]/.test(text)) return text.slice(name.length + 1);
      query ??= new URLSearchParams(text);
      return query.get(name) ?? undefined;
    },
  };
}

/** Continues when a promise resolves. The client always gets an answer, even if a later step fails. */
function afterwards<T>({ response }: Call, waited: Promise<T>, go: (value: T) => void): void {
  waited.then(go).catch((error: unknown) => answerDefect(response, error));
}

/**
 * Returns the answer for a requested error code. A rate limit answer has a Retry-After header if the vendor sends one
 * or an option sets it.
 */
function requestedRefusal(pack: Pack, code: string, retryAfterS: number | null): Answer {
  const answer = codeAnswer(pack, code);
  const seconds = retryAfterS ?? (pack.rate?.retryAfter === true ? Math.ceil(pack.rate.perMs / 1000) : null);
  return seconds === null || code !== pack.errors.codeOf('rateLimited')
    ? answer
    : { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
}

/** Returns the vendor's answer for a code of its table; for other codes, the answer of a gateway. */
function codeAnswer(pack: Pack, code: string): Answer {
  const known = pack.errors.forCode(code);
  if (known !== null) return known;
  const status = Number(code);
  return { status, error: code, body: `<html><body><h1>${code}</h1><p>upstream gateway</p></body></html>` };
}
