import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Commands } from '../../engine/commands.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Settings } from '../../engine/settings.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Accounts } from '../accounts.ts';
import type { Intake } from '../intake.ts';
import { parseJsonBody } from '../json-body.ts';
import { createOriginOf } from '../origin.ts';
import { NO_ROOM, type ReadBody, readBody } from '../read-body.ts';
import { afterwards, createAfterSaving } from './after-saving.ts';
import type { OperationCall } from './operation-call.ts';
import { createOperations } from './operations.ts';
import { createPerformCall, type PerformCall } from './perform-call.ts';
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
  const { router, engine, commands, accounts, journal, settings, intake } = options;
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
  const strays = createStrayCalls(options);

  function handleMatch(match: Match, request: IncomingMessage, response: ServerResponse, path: string): void {
    const call = openCall(accounts, match, request, response);
    if (request.method === 'GET' || request.method === 'DELETE') return perform(call, undefined);
    afterwards(call, readBody(request, { intake, limit: match.pack.bodyLimit }), (body) => {
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

function openCall(
  accounts: Accounts,
  match: Match,
  request: IncomingMessage,
  response: ServerResponse,
): OperationCall {
  const { pack } = match;
  return {
    request,
    response,
    pack,
    match,
    route: 'operation',
    meant: null,
    account: accounts.fromHeader(request.headers.authorization, pack.auth.schemes),
    startedAt: performance.now(),
    bodyText: '',
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
  if (call.account === null) return refusals.refuse(call, 'unauthorized');
  if (body.type === 'too-large') {
    return refusals.refuse(call, 'invalid', `the body exceeds the limit of ${call.pack.bodyLimit} bytes`);
  }
  if (body.type === 'no-room') {
    return refusals.refuse(call, 'internal', `${NO_ROOM.message}. ${NO_ROOM.remedy}`);
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
