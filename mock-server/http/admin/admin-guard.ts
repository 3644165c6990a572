import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ERRORS } from '../../core/error-codes.ts';
import { isLoopback } from '../../delivery/address-class.ts';
import { hasSeveralHosts, SEVERAL_HOSTS } from '../host-header.ts';
import type { Problem } from '../problem.ts';

/** Checks whether a request may call the admin API. Returns null when it may. */
export type AdminGuard = (request: IncomingMessage) => Problem | null;

export interface AdminGuardOptions {
  /** The token that every call must send; null when only this machine can reach the mock. */
  readonly token: string | null;
}

/** Headers that proxies and tunnels add to forwarded requests, in addition to all that begin with `x-forwarded`. */
const PROXY_HEADERS: ReadonlySet<string> = new Set([
  'cdn-loop',
  'cf-connecting-ip',
  'client-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'forwarded',
  'true-client-ip',
  'via',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-original-forwarded-for',
  'x-original-host',
  'x-real-ip',
]);

/**
 * Rejects web pages of other origins and, when the mock has no token, every caller on another machine. A page of another
 * site can send requests to loopback, and with DNS rebinding under its own host name; it can neither forge the Host
 * header of the mock nor hide its Origin.
 */
export function createAdminGuard(options: AdminGuardOptions): AdminGuard {
  // An empty token, from an unset variable, would admit every caller.
  const token = options.token === '' ? null : options.token;
  return (request) => {
    // Inside another app, this check is up to the server of that app.
    if (hasSeveralHosts(request)) return SEVERAL_HOSTS;
    const { host = '', origin } = request.headers;
    const problem = token === null ? checkUnknownCaller(request, host) : checkToken(request, token);
    if (problem !== null) return problem;
    if (origin !== undefined && originHost(origin) !== host.toLowerCase()) return FOREIGN_ORIGIN;
    if (request.headers['sec-fetch-site'] === 'cross-site') return FOREIGN_ORIGIN;
    return null;
  };
}

/** Inside another app, the mock does not choose the address that the app listens on. */
function checkUnknownCaller({ socket, headers }: IncomingMessage, host: string): Problem | null {
  const { localAddress } = socket;
  if (localAddress !== undefined && !isLoopback(localAddress)) return NO_TOKEN_CONFIGURED;
  // A proxy on this machine connects from loopback even when its own caller is on another machine.
  const proxy = Object.keys(headers).find(
    (name) => PROXY_HEADERS.has(name) || name.startsWith('x-forwarded'),
  );
  if (proxy !== undefined) return proxied(proxy);
  return isLoopback(nameOf(host)) ? null : foreignHost(host);
}

function checkToken(request: IncomingMessage, token: string): Problem | null {
  return hasToken(request, token) ? null : TOKEN_REQUIRED;
}

function hasToken({ headers, url = '' }: IncomingMessage, token: string): boolean {
  const given = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1];
  // The EventSource of a browser cannot set headers.
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

const TOKEN_REQUIRED: Problem = {
  status: 401,
  title: ERRORS.TOKEN_NEEDED.title,
  detail: 'Other machines can reach this mock, so admin calls require its token.',
  code: 'TOKEN_NEEDED',
  remedy:
    'Send "Authorization: Bearer TOKEN" with the token that "stuntdouble start" prints, or with `adminToken` of the mock.',
};

const NO_TOKEN_CONFIGURED: Problem = {
  ...TOKEN_REQUIRED,
  detail: 'The call did not arrive on a loopback address, and this mock was created without a token.',
  remedy:
    'Pass `adminToken` to createMockServer() and send it, or call http://127.0.0.1 on the same machine.',
};

const FOREIGN_ORIGIN: Problem = {
  status: 403,
  title: ERRORS.ORIGIN_REFUSED.title,
  detail: 'The request comes from a web page of another origin.',
  code: 'ORIGIN_REFUSED',
  remedy: 'Call the admin API from a command line, a test, or a page that the mock serves.',
};

function proxied(header: string): Problem {
  return {
    status: 403,
    title: ERRORS.PROXY_REFUSED.title,
    detail: `The request has the header "${header}", so a proxy forwarded it and its origin is unknown.`,
    code: 'PROXY_REFUSED',
    remedy:
      'Call the mock directly at http://127.0.0.1, or start it with --admin-token and send "Authorization: Bearer TOKEN".',
  };
}

function foreignHost(host: string): Problem {
  return {
    status: 403,
    title: ERRORS.HOST_REFUSED.title,
    detail: `The Host header "${host.slice(0, 100)}" does not name loopback.`,
    code: 'HOST_REFUSED',
    remedy: 'Call http://127.0.0.1 or http://localhost, or start the mock with --host and send its token.',
  };
}
