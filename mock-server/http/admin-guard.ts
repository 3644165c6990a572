import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../runtime/address-class.ts';
import { hasSeveralHosts, SEVERAL_HOSTS } from './host-header.ts';
import type { Problem } from './problem.ts';

/** What the admin API has against a request; null when it may pass. */
export type AdminGuard = (request: IncomingMessage) => Problem | null;

export interface AdminGuardOptions {
  /** Asked of everybody when set: the mock can then be reached from other machines. */
  readonly token: string | null;
}

/** What proxies and tunnels add to the requests of others, besides all that begins with `x-forwarded`. */
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
 * Keeps web pages out, and without a token everyone else who is not on this machine. A page of another site can send requests to loopback, and with DNS rebinding under a name
 * of its own; neither can pretend to a Host of ours, nor hide its Origin.
 */
export function createAdminGuard(options: AdminGuardOptions): AdminGuard {
  // An empty one, out of an unset variable, would let everybody in.
  const token = options.token === '' ? null : options.token;
  return (request) => {
    // In an app of somebody else, that app's server decides about such requests.
    if (hasSeveralHosts(request)) return SEVERAL_HOSTS;
    const { host = '', origin } = request.headers;
    const trouble = token === null ? strangerTo(request, host) : tokenTrouble(request, token);
    if (trouble !== null) return trouble;
    if (origin !== undefined && originHost(origin) !== host.toLowerCase()) return FOREIGN_ORIGIN;
    if (request.headers['sec-fetch-site'] === 'cross-site') return FOREIGN_ORIGIN;
    return null;
  };
}

/** Mounted in somebody's app, the mock does not choose where that app listens. */
function strangerTo({ socket, headers }: IncomingMessage, host: string): Problem | null {
  const { localAddress } = socket;
  if (localAddress !== undefined && !isLoopback(localAddress)) return HAS_NO_TOKEN;
  // A proxy on this machine connects from loopback, whoever its own caller is.
  const proxy = Object.keys(headers).find(
    (name) => PROXY_HEADERS.has(name) || name.startsWith('x-forwarded'),
  );
  if (proxy !== undefined) return proxied(proxy);
  return isLoopback(nameOf(host)) ? null : foreignHost(host);
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
  title: 'The admin API needs a token here.',
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
  title: 'The admin API refuses requests from other web sites.',
  detail: 'The request comes from a page of another origin.',
  code: 'ORIGIN_REFUSED',
  remedy: 'Call it from a command line, a test, or a page that the mock itself serves.',
};

function proxied(header: string): Problem {
  return {
    status: 403,
    title: 'The admin API refuses forwarded requests without a token.',
    detail: `The request has the header "${header}", so a proxy forwarded it for a caller who may be anyone.`,
    code: 'PROXY_REFUSED',
    remedy:
      'Call the mock directly at http://127.0.0.1, or start it with --admin-token and send "Authorization: Bearer TOKEN".',
  };
}

function foreignHost(host: string): Problem {
  return {
    status: 403,
    title: 'The admin API refuses unknown hosts.',
    detail: `The request names the host "${host.slice(0, 100)}", which is not this machine's loopback.`,
    code: 'HOST_REFUSED',
    remedy: 'Use http://127.0.0.1 or http://localhost, or start the mock with --host and its token.',
  };
}
