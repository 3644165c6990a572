import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS } from '../../core/error-codes.ts';
import type { Account } from '../../core/types.ts';
import type { Settings } from '../../engine/settings.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Answer } from '../../packs/error-answers.ts';
import type { Pack } from '../../packs/pack.ts';
import type { RequestParts } from '../../packs/request-parts.ts';
import type { Accounts } from '../accounts.ts';
import type { Cors } from '../cors.ts';
import { keyAt } from '../key-at.ts';
import { createOriginOf } from '../origin.ts';
import type { CallIds } from './call-ids.ts';
import { partsOf } from './operation-call.ts';
import type { Recognizer, VendorPaths } from './recognize.ts';
import type { Router } from './router.ts';
import type { StrayCall } from './stray-call.ts';
import { createVendorAnswers } from './vendor-answers.ts';

export interface StrayCallsOptions {
  readonly router: Router;
  readonly accounts: Accounts;
  readonly journal: Journal;
  readonly settings: Pick<Settings, 'publicUrl'>;
  readonly cors: Pick<Cors, 'answerPreflight'>;
  readonly ids: CallIds;
}

/** Answers and records calls that do not match any operation, in the envelope of the vendor they were meant for. */
export interface StrayCalls {
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
  /** Answers a CORS preflight, which a browser sends before a page of another origin may call an operation. */
  handlePreflight(request: IncomingMessage, response: ServerResponse, path: string): void;
}

const NONE: ReadonlySet<string> = new Set();

/** The methods of operations in an OpenAPI document. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export function createStrayCalls(options: StrayCallsOptions): StrayCalls {
  const { router, accounts, journal, settings, cors, ids } = options;
  const answers = createVendorAnswers(journal);
  const originOf = createOriginOf(settings.publicUrl);
  const callers = createCallers(journal);

  function strayCall(
    request: IncomingMessage,
    method: string,
    path: string,
  ): StrayCall & { account: Account | null } {
    const account = accounts.ofStray(request, router.recognizer.keyPlaces);
    return {
      method,
      path,
      hasHeader: (name) => request.headers[name] !== undefined,
      hasKeyAt: (place) => keyAt(request, place) !== null,
      account,
      called: account === null ? NONE : callers.packsOf(account),
    };
  }

  return {
    handle(request, response, path) {
      const { recognizer } = router;
      const startedAt = performance.now();
      request.resume();
      const call = strayCall(request, request.method ?? '', path);
      const opened = { request, response, match: null, account: call.account, startedAt, bodyText: '' };
      const parts = partsOf(request, { pathParams: {} }, ids);
      const line = `${call.method} ${path.slice(0, 200)}`;
      const others = recognizer.notMocked(call.method, path);
      if (others.length > 0) {
        const pack = recognizer.choose(others, call);
        const answer =
          pack === null
            ? neutralAnswer(501, notMockedText(line, others), recognizer.vendors, originOf(request))
            : notMocked(pack, line, parts);
        answers.send({ ...opened, route: 'not-mocked', pack, meant: null }, answer, null);
        return;
      }
      const { pack, meant, because } = recognizer.recognize(call);
      const text = unknownText(line, meant, because);
      const answer =
        pack === null
          ? neutralAnswer(404, text, recognizer.vendors, originOf(request))
          : unknownOperation(pack, text, { parts, allowed: methodsOf(pack, path, router) });
      answers.send({ ...opened, route: 'unknown', pack, meant }, answer, null);
    },
    handlePreflight(request, response, path) {
      const startedAt = performance.now();
      request.resume();
      const call = strayCall(request, String(request.headers['access-control-request-method']), path);
      const pack = router.find(call.method, path)?.pack ?? packOfStray(router.recognizer, call);
      answers.send(
        {
          request,
          response,
          route: 'preflight',
          pack,
          match: null,
          meant: null,
          account: null,
          startedAt,
          bodyText: '',
        },
        cors.answerPreflight(request),
        null,
      );
    },
  };
}

/** Returns the methods of a path; none where the vendor does not have an error for other methods. */
function methodsOf(pack: Pack, path: string, router: Router): string[] {
  if (pack.errors.codeOf('methodNotAllowed') === null) return [];
  return METHODS.filter((method) => router.find(method, path)?.pack === pack);
}

function unknownOperation(
  pack: Pack,
  text: string,
  { parts, allowed }: { readonly parts: RequestParts; readonly allowed: readonly string[] },
): Answer {
  if (allowed.length === 0) return pack.errors.forRole('unknownRoute', text, parts);
  const { headers, ...answer } = pack.errors.forRole('methodNotAllowed', text, parts);
  return { ...answer, headers: { allow: allowed.join(', '), ...headers } };
}

function packOfStray(recognizer: Recognizer, call: StrayCall): Pack | null {
  const others = recognizer.notMocked(call.method, call.path);
  return others.length > 0 ? recognizer.choose(others, call) : recognizer.recognize(call).pack;
}

export function unknownText(line: string, meant: string | null, because = ''): string {
  const guess = meant === null ? '' : `; did you mean ${meant}?`;
  return `${line} does not exist${guess}${because === '' ? '' : `${guess === '' ? '.' : ''} ${because}`}`;
}

function notMocked(pack: Pack, line: string, call: RequestParts): Answer {
  return pack.errors.forRole('notMocked', notMockedText(line, [pack]), call);
}

function notMockedText(line: string, packs: readonly Pack[]): string {
  return `${line} exists at ${packs.map(({ title }) => title).join(' and ')} but is not mocked`;
}

/** Answers a call whose vendor is unknown with problem details, which list the URL of each vendor. */
function neutralAnswer(
  status: number,
  detail: string,
  vendors: readonly VendorPaths[],
  origin: string,
): Answer {
  const code = 'ROUTE_UNKNOWN';
  return {
    status,
    error: code,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    body: JSON.stringify({
      type: `urn:stuntdouble:${code}`,
      code,
      title: ERRORS.ROUTE_UNKNOWN.title,
      status,
      detail,
      remedy:
        "Set the client's base URL so that its calls start with the `url` of its vendor, as listed in `vendors`.",
      vendors: vendors.map((vendor) => ({ ...vendor, url: origin + vendor.paths })),
    }),
  };
}

/** Largest number of remembered keys, so that clients with ever new keys cannot fill the memory. */
const REMEMBERED = 10_000;

/** Tracks which packs each key has called, folded from the journal. */
function createCallers(journal: Journal): { packsOf(account: Account): ReadonlySet<string> } {
  const known = new Map<Account, Set<string>>();
  function note(account: Account, pack: string): void {
    const packs = known.get(account);
    if (packs !== undefined) {
      packs.add(pack);
      return;
    }
    if (known.size >= REMEMBERED) known.clear();
    known.set(account, new Set([pack]));
  }

  journal.addFold({
    name: 'called-packs',
    counted: ['request.answered'],
    apply(record) {
      if (record.type === 'server.reset') return known.clear();
      if (record.type !== 'request.answered' || record.operation === null) return;
      const { account, pack } = record;
      if (account !== null && pack !== null) note(account, pack);
    },
    save: () => [...known].map(([account, packs]) => [account, [...packs]]),
    load(saved) {
      const [account, packs] = saved as readonly [Account, readonly string[]];
      for (const pack of packs) note(account, pack);
    },
  });
  return { packsOf: (account) => known.get(account) ?? NONE };
}
