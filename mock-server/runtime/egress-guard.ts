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

/** The names that end in the ledger. */
export type EgressRule = NeverRule | 'scheme' | 'userinfo' | 'malformed' | 'not-allowed' | 'own-host';
type Refusal = { readonly type: 'blocked'; readonly rule: EgressRule; readonly reason: string };
export type EgressVerdict = { readonly type: 'allowed'; readonly url: URL } | Refusal;

export interface EgressGuard {
  /** Checks the URL itself: scheme, userinfo, host literal. Resolves no names. */
  checkUrl(url: string): EgressVerdict;
  /** For undici's `connect`: gives only the addresses that are open. It sees no port: call `checkUrl` first. */
  readonly lookup: LookupFunction;
}

/** Error of a connection whose host name or address is refused. */
export class BlockedError extends Error {
  readonly code = 'ERR_EGRESS_BLOCKED';
  readonly rule: EgressRule;
  constructor({ rule, reason }: Refusal) {
    super(reason);
    this.name = 'BlockedError';
    this.rule = rule;
  }
}

// Complete names only: `metadata` alone may be a service of Docker Compose. What it resolves to is checked as well.
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
  const remedy = 'No option opens it: use a loopback, private or public address.';
  return blocked(rule, `Callbacks never go to ${rule} addresses, and ${target} is one. ${remedy}`);
}

/** What an address is judged by. */
interface Permissions {
  /** What was asked for: the address itself, or a name that resolved to it. */
  readonly host: string;
  /** What would open the target, where that is not the host alone. */
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
  return blocked('not-allowed', `${target} is a public address. To open it, use --allow-callback ${host}`);
}

function ownHost(target: string, opener: string): Refusal {
  const why = `${target} is the machine that runs the mock, and the mock accepts tasks from other machines with any key.`;
  const remedy = `Restrict the keys with --api-key. To open only this target, use --allow-callback ${opener}`;
  return blocked('own-host', `${why} ${remedy}`);
}

/** An entry of `allow`. Hosts are plain: a name in lower case, or an IP address. */
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
  // Bare IPv6 takes no port: nothing would tell it from the last group.
  const written = isIPv6(entry.split('/')[0] ?? '') ? `[${entry}]` : entry;
  const [, host = '', port] = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(written) ?? [];
  const covers = addressMatcher(host) ?? nameMatcher(host);
  if (covers && Number(port ?? 1) >= 1 && Number(port ?? 1) <= 65_535) {
    return { covers, port: port === undefined ? undefined : Number(port) };
  }
  const forms = 'a host name, *.example.com, an IP address or a CIDR range';
  const ports = 'with :port if wanted (IPv6 then in brackets: [2606:4700::1]:443), without scheme or path';
  throw new CodedError('OPTION_INVALID', `Cannot allow callbacks to "${entry}". Write ${forms}, ${ports}.`);
}

function judgeHost(url: URL, entries: readonly AllowEntry[], own: OwnHost): Refusal | undefined {
  const host = plainHost(url.hostname);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const fitting = entries.filter((entry) => entry.port === undefined || entry.port === port);
  const fits = (target: string) => fitting.some((entry) => entry.covers(target));
  const isClosed = (address: string) => own.isClosed(address, port);
  if (isIP(host) !== 0) {
    return judgeAddress(host, {
      host: url.hostname,
      opener: `${url.hostname}:${port}`,
      allows: fits,
      isClosed,
    });
  }
  if (METADATA_NAMES.includes(host)) return never('metadata', host);
  if (isLocalhostName(host)) {
    return isClosed(LOCALHOST_ADDRESS) && !fits(host) && !fits(LOCALHOST_ADDRESS)
      ? ownHost(host, `${host}:${port}`)
      : undefined;
  }
  // The look-up sees no port, so the port of a name's entry is held here or nowhere.
  if (fits(host) || !entries.some((entry) => entry.covers(host))) return undefined;
  const remedy = `To open this one, use --allow-callback ${host}:${port}`;
  return blocked('not-allowed', `${host} is allowed on other ports only. ${remedy}`);
}

function checkUrl(text: string, entries: readonly AllowEntry[], own: OwnHost): EgressVerdict {
  // No reason repeats the whole text: it may hold a password, and reasons are printed.
  if (!URL.canParse(text)) {
    return blocked(
      'malformed',
      'The callback URL is not an absolute URL. Use one such as http://127.0.0.1:3000/callback',
    );
  }
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return blocked('scheme', `Callbacks cannot go to a ${url.protocol} URL. Use http: or https:`);
  }
  if (url.username !== '' || url.password !== '') {
    return blocked('userinfo', 'The URL has a user name or a password. Remove the part before the @');
  }
  return judgeHost(url, entries, own) ?? { type: 'allowed', url };
}

/** What every name under `localhost` means, whatever a name server says. */
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
    const hand = ([first, ...rest]: LookupAddress[]): void => {
      // node:net throws out of its own callback on an empty list, which would end the process.
      if (!first) return fail(Object.assign(new Error(`${host} has no address.`), { code: 'ENOTFOUND' }));
      return options.all ? callback(null, [first, ...rest]) : callback(null, first.address, first.family);
    };
    if (METADATA_NAMES.includes(host)) {
      return queueMicrotask(() => fail(new BlockedError(never('metadata', host))));
    }
    // The URL was checked before, with its port.
    if (isLocalhostName(host)) return queueMicrotask(() => hand(LOCALHOST.filter(ofFamily(options.family))));
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
      // The connection goes to one of these and asks no name server again.
      return open.length === 0 && refusal ? fail(new BlockedError(refusal)) : hand(open);
    });
  };
}

function ofFamily(family: number | string | undefined): (address: LookupAddress) => boolean {
  const wanted = Number(String(family ?? 0).replace('IPv', ''));
  return (address) => wanted === 0 || address.family === wanted;
}

interface EgressGuardOptions {
  /** Host name, `*.example.com`, IP address or CIDR range, each with `:port` if wanted. */
  readonly allow?: readonly string[];
  readonly resolve?: typeof systemLookup;
  /** The port at which anyone beyond this machine may submit tasks; null, the default, while nobody else can. */
  readonly exposedAt?: () => number | null;
}

/** A literal host is judged once per URL, not once per POST; names are looked up anew at each connection. */
const VERDICTS_KEPT = 1000;

/**
 * Decides where callbacks may go: loopback and private addresses, and beyond them what `allow` names. While strangers
 * may submit tasks, this machine itself has to be named as well.
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
      const verdict = known.get(url) ?? checkUrl(url, entries, own);
      if (known.size >= VERDICTS_KEPT) known.clear();
      known.set(url, verdict);
      return verdict;
    },
    lookup: guardLookup(entries, own, resolve),
  };
}
