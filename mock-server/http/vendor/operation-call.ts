import type { IncomingMessage } from 'node:http';
import type { PathParams } from '../../core/types.ts';
import type { Pack } from '../../packs/pack.ts';
import type { RequestParts } from '../../packs/request-parts.ts';
import type { WritableParts, WrittenParts } from '../../packs/written-parts.ts';
import type { CallIds } from './call-ids.ts';
import type { Match } from './router.ts';
import type { Call } from './vendor-answers.ts';

/** A call that matches an operation. */
export interface OperationCall extends Call {
  readonly pack: Pack;
  readonly match: Match;
  /** The parts that expressions of a pack can read; the body is set when it was parsed. */
  readonly parts: CallParts;
  hasOddNumbers: boolean;
}

/** The parts of a call, before and after its body was parsed. */
export interface CallParts extends WritableParts {
  body: unknown;
  files?: NonNullable<RequestParts['files']>;
}

/** Returns the scenario that the header of a call requests. */
export function headerScenario(request: IncomingMessage): string | undefined {
  return firstOf(request.headers['x-mock-scenario']);
}

/** Returns the path parameters of a call; null if its path has none. */
export function pathParamsOf({ pathParams }: Match): PathParams | null {
  return Object.keys(pathParams).length === 0 ? null : pathParams;
}

/** Returns the parts of a call that expressions of a pack can read. */
export function partsOf(
  request: IncomingMessage,
  { pathParams }: Pick<Match, 'pathParams'>,
  ids: CallIds,
): CallParts {
  let query: URLSearchParams | undefined;
  return {
    body: undefined,
    pathParams,
    get id() {
      return ids.of(request);
    },
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
    written: () => writtenOf(request, pathParams, ids),
  };
}

/** Headers that no pack may read, because they can hold a key. */
const NEVER_WRITTEN: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie']);

function writtenOf(
  request: IncomingMessage,
  pathParams: Readonly<Record<string, string>>,
  ids: CallIds,
): WrittenParts {
  const [, query = ''] = /\?(.*)$/s.exec(request.url ?? '') ?? [];
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined || NEVER_WRITTEN.has(name) ? [] : [[name, firstOf(value) ?? ''] as const],
  );
  return {
    // The first of several values, as for expressions.
    query: Object.fromEntries([...new URLSearchParams(query)].reverse()),
    headers: Object.fromEntries(headers),
    ...{ pathParams, id: ids.of(request) },
  };
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
