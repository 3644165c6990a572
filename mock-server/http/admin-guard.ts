import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Problem } from './problem.ts';

/** What the admin API has against a request; null when it may pass. */
export type AdminGuard = (request: IncomingMessage) => Problem | null;

export interface AdminGuardOptions {
  /** Asked of everybody when set: the mock can then be reached from other machines. */
  readonly token: string | null;
}

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Keeps web pages out. A page of another site can send requests to loopback, and with DNS rebinding under a name
 * of its own; neither can pretend to a Host of ours, nor hide its Origin.
 */
export function createAdminGuard({ token }: AdminGuardOptions): AdminGuard {
  return (request) => {
    const { host = '', origin } = request.headers;
    if (token !== null && !carriesToken(request, token)) return NEEDS_TOKEN;
    if (token === null && !LOOPBACK_NAMES.has(nameOf(host))) return foreignHost(host);
    if (origin !== undefined && originHost(origin) !== host) return FOREIGN_ORIGIN;
    if (request.headers['sec-fetch-site'] === 'cross-site') return FOREIGN_ORIGIN;
    return null;
  };
}

function carriesToken({ headers, url = '' }: IncomingMessage, token: string): boolean {
  const given = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1];
  // A browser's EventSource cannot set headers.
  return isToken(given, token) || isToken(/[?&]token=([^&]+)/.exec(url)?.[1], token);
}

function isToken(given: string | undefined, token: string): boolean {
  const a = Buffer.from(given ?? '');
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

function originHost(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}

const NEEDS_TOKEN: Problem = {
  status: 401,
  title: 'The admin API needs a token here.',
  detail: 'The mock does not listen on loopback alone, so the admin API asks for its token.',
  remedy: 'Send "Authorization: Bearer TOKEN" with the token that "stuntdouble start" prints.',
};

const FOREIGN_ORIGIN: Problem = {
  status: 403,
  title: 'The admin API refuses requests from other web sites.',
  detail: 'The request comes from a page of another origin.',
  remedy: 'Call it from a command line, a test, or a page that the mock itself serves.',
};

function foreignHost(host: string): Problem {
  return {
    status: 403,
    title: 'The admin API refuses unknown hosts.',
    detail: `The request names the host "${host.slice(0, 100)}", which is not this machine's loopback.`,
    remedy: 'Use http://127.0.0.1 or http://localhost, or start the mock with --host and its token.',
  };
}
