import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { CodedError } from '../core/coded-error.ts';
import {
  classify,
  isLocal,
  isLocalhostName,
  type NeverRule,
  plainHost,
  unwrap,
  within,
} from './address-class.ts';
import { createOwnHost, type OwnHost } from './own-host.ts';

/** The names of rules, as written to the journal. */
export type EgressRule = NeverRule | 'scheme' | 'userinfo' | 'malformed' | 'not-allowed' | 'own-host';
export type Refusal = { readonly type: 'blocked'; readonly rule: EgressRule; readonly reason: string };
/** An allowed URL, with the parts that each POST needs: `URL` computes them on each read. */
export interface AllowedUrl {
  readonly url: URL;
  readonly origin: string;
  /** The path with the query. */
  readonly path: string;
}
export type EgressVerdict = ({ readonly type: 'allowed' } & AllowedUrl) | Refusal;

export interface EgressGuard {
  /** Checks the URL itself: scheme, userinfo and a literal host. Does not resolve names. */
  checkUrl(url: string): EgressVerdict;
  /**
   * The lookup for undici's `connect`, limited to allowed addresses. It does not know the port, so call `checkUrl`
   * first.
   */
  readonly lookup: LookupFunction;
}

/** The error of a connection whose host name or address is blocked. */
export class BlockedError extends Error {
  readonly code = 'ERR_EGRESS_BLOCKED';
  readonly rule: EgressRule;
  constructor({ rule, reason }: Refusal) {
    super(reason);
    this.name = 'BlockedError';
    this.rule = rule;
  }
}

// Fully qualified names only, because `metadata` alone may be a Docker Compose service. The addresses it resolves to
// are also checked.
const METADATA_NAMES: readonly string[] = [
  'metadata.azure.internal',
  'metadata.goog',
  'metadata.google.internal',
  'instance-data.ec2.internal',
];

const LOCALHOST_ADDRESS = '127.0.0.1';

function blocked(rule: EgressRule, reason: string): Refusal {
  return { type: 'blocked', rule, reason };
}

function never(rule: NeverRule, target: string): Refusal {
  const remedy = 'No option allows it: use a loopback, private or public address.';
  return blocked(rule, `${target} is a ${rule} address, and callbacks are never sent to those. ${remedy}`);
}

/** The permissions that an address is checked against. */
interface Permissions {
  /** The requested host: the address itself, or a name that resolved to it. */
  readonly host: string;
  /** The --allow-callback value that opens the target; the host by default. */
  readonly opener?: string;
  readonly allows: (address: string) => boolean;
  readonly isClosed: (address: string) => boolean;
}

function judgeAddress(address: string, permissions: Permissions): Refusal | undefined {
  const { host, opener = host, allows, isClosed } = permissions;
  const plain = unwrap(address);
  const found = classify(plain);
  const target = plainHost(host) === address ? host : `${host} (resolved to ${address})`;
  if (isLocal(found)) return isClosed(plain) && !allows(plain) ? ownHost(target, opener) : undefined;
  if (found === 'public' && allows(plain)) return undefined;
  if (found === 'malformed') return blocked(found, `${target} has no valid address. Check the resolver.`);
  if (found !== 'public') return never(found as NeverRule, target);
  return blocked('not-allowed', `${target} is a public address. To allow it, use --allow-callback ${host}`);
}

function ownHost(target: string, opener: string): Refusal {
  const why = `${target} is the machine that runs the mock, and the mock accepts tasks from other machines with any key.`;
  const remedy = `Restrict the keys with --api-key. To allow only this target, use --allow-callback ${opener}`;
  return blocked('own-host', `${why} ${remedy}`);
}

/** A parsed entry of `allow`. Hosts are normalized: a lower-case name, or an IP address. */
interface AllowEntry {
  readonly covers: (host: string) => boolean;
  readonly port: number | undefined;
}

function addressMatcher(written: string): AllowEntry['covers'] | undefined {
  const [, open, ip = '', prefix] = /^(\[?)([^[\]/%]+)(?:\/(\d{1,3}))?\]?$/.exec(written) ?? [];
  if (isIP(ip) === 0 || isIPv6(ip) !== (open === '[')) return undefined;
  const address = prefix === undefined ? unwrap(ip) : ip;
  const bits = isIPv6(address) ? 128 : 32;
  return Number(prefix ?? 0) > bits ? undefined : within(`${address}/${prefix ?? bits}`);
}

function nameMatcher(written: string): AllowEntry['covers'] | undefined {
  const base = written.replace(/^\*\./, '');
  if (/[\s/@?#\\%]/.test(base) || !URL.canParse(`http://${base}`)) return undefined;
  const name = plainHost(new URL(`http://${base}`).hostname);
  if (isIP(name) !== 0 || !/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name)) return undefined;
  return base === written ? (host) => host === name : (host) => host.endsWith(`.${name}`);
}

function parseAllowEntry(entry: string): AllowEntry {
  // A bare IPv6 address cannot have a port, which would be indistinguishable from its last group.
  const written = isIPv6(entry.split('/')[0] ?? '') ? `[${entry}]` : entry;
  const [, host = '', port] = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(written) ?? [];
  const covers = addressMatcher(host) ?? nameMatcher(host);
  if (covers && Number(port ?? 1) >= 1 && Number(port ?? 1) <= 65_535) {
    return { covers, port: port === undefined ? undefined : Number(port) };
  }
  const forms = 'a host name, *.example.com, an IP address or a CIDR range';
  const ports =
    'with an optional :port (IPv6 then in brackets: [2606:4700::1]:443) and without scheme or path';
  throw new CodedError('OPTION_INVALID', `Cannot allow callbacks to "${entry}". Write ${forms}, ${ports}.`);
}

function judgeHost(url: URL, entries: readonly AllowEntry[], own: OwnHost): Refusal | undefined {
  const host = plainHost(url.hostname);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const matching = entries.filter((entry) => entry.port === undefined || entry.port === port);
  const isAllowed = (target: string) => matching.some((entry) => entry.covers(target));
  const isClosed = (address: string) => own.isClosed(address, port);
  if (isIP(host) !== 0) {
    return judgeAddress(host, {
      host: url.hostname,
      opener: `${url.hostname}:${port}`,
      allows: isAllowed,
      isClosed,
    });
  }
  if (METADATA_NAMES.includes(host)) return never('metadata', host);
  if (isLocalhostName(host)) {
    return isClosed(LOCALHOST_ADDRESS) && !isAllowed(host) && !isAllowed(LOCALHOST_ADDRESS)
      ? ownHost(host, `${host}:${port}`)
      : undefined;
  }
  // The lookup does not know the port, so the port of a name's entry must be enforced here.
  if (isAllowed(host) || !entries.some((entry) => entry.covers(host))) return undefined;
  const remedy = `To allow this one, use --allow-callback ${host}:${port}`;
  return blocked('not-allowed', `${host} is allowed only on other ports. ${remedy}`);
}

function checkUrl(text: string, entries: readonly AllowEntry[], own: OwnHost): EgressVerdict {
  // Reasons never repeat the whole URL: they are printed, and it may contain a password.
  if (!URL.canParse(text)) {
    return blocked(
      'malformed',
      'The callback URL is not an absolute URL. Use one such as http://127.0.0.1:3000/callback',
    );
  }
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return blocked('scheme', `Callbacks cannot be sent to a ${url.protocol} URL. Use http: or https:`);
  }
  if (url.username !== '' || url.password !== '') {
    return blocked('userinfo', 'The URL has a user name or a password. Remove the part before the @');
  }
  const { origin, pathname, search } = url;
  return judgeHost(url, entries, own) ?? { type: 'allowed', url, origin, path: pathname + search };
}

/** The addresses of every name under `localhost`, regardless of what a name server returns. */
const LOCALHOST: readonly LookupAddress[] = [
  { address: LOCALHOST_ADDRESS, family: 4 },
  { address: '::1', family: 6 },
];

function guardLookup(
  entries: readonly AllowEntry[],
  own: OwnHost,
  resolve: typeof systemLookup,
): LookupFunction {
  return (hostname, options, callback) => {
    const host = plainHost(hostname);
    const fail = (error: NodeJS.ErrnoException) => callback(error, '');
    const respond = ([first, ...rest]: LookupAddress[]): void => {
      // node:net throws from its own callback on an empty list, which would end the process.
      if (!first) return fail(Object.assign(new Error(`${host} has no address.`), { code: 'ENOTFOUND' }));
      return options.all ? callback(null, [first, ...rest]) : callback(null, first.address, first.family);
    };
    if (METADATA_NAMES.includes(host)) {
      return queueMicrotask(() => fail(new BlockedError(never('metadata', host))));
    }
    // The URL was already checked, including its port.
    if (isLocalhostName(host))
      return queueMicrotask(() => respond(LOCALHOST.filter(ofFamily(options.family))));
    const named = entries.some((entry) => entry.covers(host));
    const permissions: Permissions = {
      host,
      allows: (address) => named || entries.some((e) => e.port === undefined && e.covers(address)),
      isClosed: (address) => own.isClosed(address, null),
    };
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return fail(error);
      const refusals = addresses.map(({ address }) => judgeAddress(address, permissions));
      const open = addresses.filter((_address, index) => refusals[index] === undefined);
      const [refusal] = refusals;
      // The connection uses one of these addresses and does not query a name server again.
      return open.length === 0 && refusal ? fail(new BlockedError(refusal)) : respond(open);
    });
  };
}

function ofFamily(family: number | string | undefined): (address: LookupAddress) => boolean {
  const wanted = Number(String(family ?? 0).replace('IPv', ''));
  return (address) => wanted === 0 || address.family === wanted;
}

interface EgressGuardOptions {
  /** Host name, `*.example.com`, IP address or CIDR range, each with an optional `:port`. */
  readonly allow?: readonly string[];
  readonly resolve?: typeof systemLookup;
  /** The port on which other machines can submit tasks; null, the default, while they cannot. */
  readonly exposedAt?: () => number | null;
}

/**
 * Verdicts are cached per URL, so a literal host is not checked for every POST; names are resolved for each
 * connection.
 */
const CACHED_VERDICTS_LIMIT = 1000;

/**
 * Creates the guard that decides where callbacks may be sent: to loopback and private addresses, and to other
 * addresses in `allow`. While other machines may submit tasks, this machine itself also needs an entry in `allow`.
 */
export function createEgressGuard({
  allow = [],
  resolve = systemLookup,
  exposedAt = () => null,
}: EgressGuardOptions = {}): EgressGuard {
  const entries = allow.map(parseAllowEntry);
  const own = createOwnHost(exposedAt);
  const known = new Map<string, EgressVerdict>();
  let { version } = own;
  return {
    checkUrl(url) {
      const current = own.version;
      if (current !== version) known.clear();
      version = current;
      const cached = known.get(url);
      if (cached !== undefined) return cached;
      const verdict = checkUrl(url, entries, own);
      if (known.size >= CACHED_VERDICTS_LIMIT) known.clear();
      known.set(url, verdict);
      return verdict;
    },
    lookup: guardLookup(entries, own, resolve),
  };
}
