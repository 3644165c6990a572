import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '../packs/error-answers.ts';

/** Decides which pages of other origins may call the vendor routes and read media. By default, none may. */
export interface Cors {
  /** Adds the headers with which a browser passes the answer on to the page. */
  apply(request: IncomingMessage, response: ServerResponse): void;
  /** Answers a preflight, which a browser sends before it lets a page of another origin call an operation. */
  answerPreflight(request: IncomingMessage): Answer;
}

/** @param allowed origins such as `http://localhost:5173`; `*` for all */
export function createCors(allowed: readonly string[]): Cors {
  const origins = new Set(allowed.map((origin) => origin.replace(/\/$/, '').toLowerCase()));
  const isOpen = origins.has('*');
  /** Whether the same call is answered differently for another origin, so that caches must keep the answers apart. */
  const varies = origins.size > 0 && !isOpen;
  const isAllowed = (origin: string): boolean => isOpen || origins.has(origin.toLowerCase());

  return {
    apply({ headers: { origin } }, response) {
      // Also without an origin, or with one that is refused: a cached answer to such a call must not be reused either.
      if (varies) response.setHeader('vary', 'Origin');
      if (origin === undefined || !isAllowed(origin)) return;
      response.setHeader('access-control-allow-origin', isOpen ? '*' : origin);
      response.setHeader('access-control-expose-headers', '*');
    },
    answerPreflight(request) {
      const { origin = '' } = request.headers;
      if (isAllowed(origin)) return { status: 204, body: '', headers: allowedHeaders(request) };
      return {
        status: 403,
        body: `${explainRefusal(origin)}\n`,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      };
    },
  };
}

/** Why a browser does not let a page call the mock, and how to allow it. */
export function explainRefusal(origin: string): string {
  const shown = origin.slice(0, 200);
  return `the browser does not let pages of ${shown} call the API, because vendors send no CORS headers; to allow it here, start with --cors ${shown}`;
}

function allowedHeaders({ headers }: IncomingMessage): Record<string, string> {
  const asked = headers['access-control-request-headers'];
  return {
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, HEAD',
    // The wildcard does not cover the Authorization header.
    ...(asked === undefined ? {} : { 'access-control-allow-headers': asked }),
    ...(headers['access-control-request-private-network'] === undefined
      ? {}
      : { 'access-control-allow-private-network': 'true' }),
    'access-control-max-age': '600',
  };
}
