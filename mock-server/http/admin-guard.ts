import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ERRORS } from '../core/error-codes.ts';
import type { Problem } from './problem.ts';

/** What the admin API has against a request; null when it may pass. */
export type AdminGuard = (request: IncomingMessage) => Problem | null;

export interface AdminGuardOptions {
  /** Asked of everybody when set: the mock can then be reached from other machines. */
  readonly token: string | null;
}

/** All of 127/8 is loopback. */
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const LOOPBACK_ADDRESS = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/i;

/**
 * Keeps web pages out. A page of another site can send requests to loopback, and with DNS rebinding under a name
 * of its own; neither can pretend to a Host of ours, nor hide its Origin.
 */
export function createAdminGuard(options: AdminGuardOptions): AdminGuard {
  // An empty one, out of an unset variable, would let everybody in.
  const token = options.token === '' ? null : options.token;
  return (request) => {
    const { host = '', origin } = request.headers;
    const trouble = token === null ? strangerTo(request, host) : tokenTrouble(request, token);
    if (trouble !== null) return trouble;
    if (origin !== undefined && originHost(origin) !== host.toLowerCase()) return FOREIGN_ORIGIN;
    if (request.headers['sec-fetch-site'] === 'cross-site') return FOREIGN_ORIGIN;
    return null;
  };
}

/** Mounted in somebody's app, the mock does not choose where that app listens. */
function strangerTo({ socket }: IncomingMessage, host: string): Problem | null {
  const { localAddress } = socket;
  if (localAddress !== undefined && !LOOPBACK_ADDRESS.test(localAddress)) return HAS_NO_TOKEN;
  return LOOPBACK_HOST.test(nameOf(host)) ? null : foreignHost(host);
}

function tokenTrouble(request: IncomingMessage, token: string): Problem | null {
  return carriesToken(request, token) ? null : NEEDS_TOKEN;
}

function carriesToken({ headers, url = '' }: IncomingMessage, token: string): boolean {
  const given = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1];
  // A browser's EventSource cannot set headers.
  const query = new URLSearchParams(url.split('?', 2)[1]);
  return isToken(given, token) || isToken(query.get('token') ?? undefined, token);
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
  title: ERRORS.TOKEN_NEEDED.title,
  detail: 'The mock does not listen on loopback alone, so the admin API asks for its token.',
  code: 'TOKEN_NEEDED',
  remedy:
    'Send "Authorization: Bearer TOKEN" with the token that "stuntdouble start" prints, or `adminToken` of the mock.',
};

const HAS_NO_TOKEN: Problem = {
  ...NEEDS_TOKEN,
  detail: 'The call came in from beyond loopback, and this mock has no token to ask for.',
  remedy:
    'Give `adminToken` to createMockServer() and send it, or call http://127.0.0.1 on the same machine.',
};

const FOREIGN_ORIGIN: Problem = {
  status: 403,
  title: ERRORS.ORIGIN_REFUSED.title,
  detail: 'The request comes from a page of another origin.',
  code: 'ORIGIN_REFUSED',
  remedy: 'Call it from a command line, a test, or a page that the mock itself serves.',
};

function foreignHost(host: string): Problem {
  return {
    status: 403,
    title: ERRORS.HOST_REFUSED.title,
    detail: `The request names the host "${host.slice(0, 100)}", which is not this machine's loopback.`,
    code: 'HOST_REFUSED',
    remedy: 'Use http://127.0.0.1 or http://localhost, or start the mock with --host and its token.',
  };
}
