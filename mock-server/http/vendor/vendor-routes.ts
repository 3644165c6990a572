import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Commands } from '../../engine/commands.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Settings } from '../../engine/settings.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Operation } from '../../packs/pack.ts';
import type { Accounts } from '../accounts.ts';
import type { Cors } from '../cors.ts';
import type { Intake } from '../intake.ts';
import { parseJsonBody } from '../json-body.ts';
import { createOriginOf } from '../origin.ts';
import { NO_ROOM, type ReadBody, readBody } from '../read-body.ts';
import { afterwards, createAfterSaving } from './after-saving.ts';
import { type CallIds, createCallIds } from './call-ids.ts';
import { type OperationCall, partsOf } from './operation-call.ts';
import { createOperations } from './operations.ts';
import { createPerformCall, type PerformCall } from './perform-call.ts';
import { isJson, receiveFiles } from './receive-files.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import type { Match, Router } from './router.ts';
import { createStrayCalls } from './stray-calls.ts';
import { createVendorAnswers } from './vendor-answers.ts';

export interface VendorRoutesOptions {
  readonly router: Router;
  readonly engine: Engine;
  readonly commands: Commands;
  readonly accounts: Accounts;
  readonly journal: Journal;
  readonly settings: Settings;
  readonly intake: Intake;
  readonly cors: Cors;
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

export function createVendorRoutes(options: VendorRoutesOptions): VendorRoutes {
  const { router, engine, commands, accounts, journal, settings, intake, cors } = options;
  const answers = createVendorAnswers(journal);
  const refusals = createRefusals(answers);
  const afterSaving = createAfterSaving(journal, refusals);
  const originOf = createOriginOf(settings.publicUrl);
  const operations = createOperations({
    engine,
    commands,
    journal,
    settings,
    answers,
    refusals,
    afterSaving,
    originOf,
  });
  const perform = createPerformCall({ engine, journal, refusals, operations });
  const ids = createCallIds(settings.seed, () => journal.last);
  const strays = createStrayCalls({ ...options, ids });

  function handleMatch(match: Match, request: IncomingMessage, response: ServerResponse, path: string): void {
    const call = openCall(accounts, match, request, response, ids);
    if (request.method === 'GET' || request.method === 'DELETE') return perform(call, undefined);
    const asBytes = takesFiles(match.operation) && !isJson(request.headers);
    afterwards(call, readBody(request, { intake, limit: match.pack.bodyLimit, asBytes }), (body) => {
      // The pack may have been reloaded while the body arrived, and the task must be planned by the current version.
      const now = router.find(request.method ?? '', path);
      if (now === null) return refusals.refuseRemoved(call, path);
      takeBody(now.pack === call.pack ? call : { ...call, pack: now.pack, match: now }, body, {
        refusals,
        perform,
      });
    });
  }

  return {
    handle(request, response, path) {
      cors.apply(request, response);
      // Browsers send an Origin with requests of pages of other origins.
      if (request.headers.origin !== undefined) {
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

function takesFiles(operation: Operation): boolean {
  return operation.type === 'upload' && operation.takesFiles;
}

function openCall(
  accounts: Accounts,
  match: Match,
  request: IncomingMessage,
  response: ServerResponse,
  ids: CallIds,
): OperationCall {
  const { pack } = match;
  return {
    request,
    response,
    pack,
    match,
    route: 'operation',
    meant: null,
    account: accounts.of(request, pack.auth.places),
    startedAt: performance.now(),
    bodyText: '',
    parts: partsOf(request, match, ids),
    hasOddNumbers: false,
  };
}

/** Performs a call with its body, or refuses it because of the body. */
function takeBody(
  call: OperationCall,
  body: ReadBody,
  { refusals, perform }: { readonly refusals: Refusals; readonly perform: PerformCall },
): void {
  if (body.type === 'aborted') return;
  // The rest of the body is not awaited, so no further request can follow on this connection.
  if (body.type === 'read') call.bodyText = body.text;
  else call.response.setHeader('connection', 'close');
  // Authentication is checked before the body.
  if (call.account === null && !call.match.operation.isPublic) return refusals.refuse(call, 'unauthorized');
  if (body.type === 'too-large') {
    return refusals.refuse(call, 'invalid', `the body exceeds the limit of ${call.pack.bodyLimit} bytes`);
  }
  if (body.type === 'no-room') {
    return refusals.refuse(call, 'internal', `${NO_ROOM.message}. ${NO_ROOM.remedy}`);
  }
  const { bytes } = body;
  if (bytes !== undefined) {
    return afterwards(call, receiveFiles(call.request.headers, bytes), (received) => {
      if (received.type === 'refused') return refusals.refuse(call, 'invalid', received.because);
      call.bodyText = received.text;
      call.parts.files = received.files;
      perform(call, received.fields);
    });
  }
  const parsed = parseJsonBody(call.request.headers, body);
  if (parsed.type === 'refused') return refusals.refuse(call, 'invalid', parsed.because);
  call.hasOddNumbers = parsed.hasOddNumbers ?? false;
  perform(call, parsed.value);
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
