import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import { CodedError } from '../core/coded-error.ts';

type NeverRule = 'metadata' | 'link-local' | 'unspecified' | 'multicast' | 'reserved';
type AddressClass = NeverRule | 'local' | 'public' | 'malformed';

/** The names that end in the ledger. */
export type EgressRule = NeverRule | 'scheme' | 'userinfo' | 'malformed' | 'not-allowed';
type Refusal = { readonly type: 'blocked'; readonly rule: EgressRule; readonly reason: string };
export type EgressVerdict = { readonly type: 'allowed'; readonly url: URL } | Refusal;

export interface EgressGuard {
  /** Checks the URL itself: scheme, userinfo, host literal. Resolves no names. */
  checkUrl(url: string): EgressVerdict;
  /** For undici's `connect`: fails when any resolved address is refused. It sees no port: call `checkUrl` first. */
  readonly lookup: LookupFunction;
}

/** What a connection fails with when its name, or an address behind it, is refused. */
export class BlockedError extends Error {
  readonly code = 'ERR_EGRESS_BLOCKED';
  readonly rule: EgressRule;
  constructor({ rule, reason }: Refusal) {
    super(reason);
    this.name = 'BlockedError';
    this.rule = rule;
  }
}

// The first row that holds an address names it, so the order matters: metadata lies inside private and reserved space.
// After the IANA special-purpose registries: https://www.iana.org/assignments/iana-ipv6-special-registry (and -ipv4-).
const RANGES: readonly (readonly [name: AddressClass, holds: (address: string) => boolean])[] = [
  ['metadata', within('169.254.169.254/32', 'fd00:ec2::/32')], // Amazon (its whole IPv6 service block) and most others
  ['metadata', within('168.63.129.16/32', 'fd20:ce::254/128')], // Azure's wire server; Google
  ['metadata', within('192.0.0.192/32', 'fd00:c1::a9fe:a9fe/128')], // Oracle
  ['metadata', within('100.100.100.200/32', 'fd00:100::100:200/128')], // Alibaba
  ['metadata', within('fd00:42::42/128', 'fd00:a9fe:a9fe::1/128')], // Scaleway; Akamai
  ['link-local', within('169.254.0.0/16', 'fe80::/10')],
  ['unspecified', within('0.0.0.0/8', '::/128')],
  ['local', within('127.0.0.0/8', '::1/128')],
  ['local', within('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7')],
  ['multicast', within('224.0.0.0/4', 'ff00::/8')],
  ['reserved', within('240.0.0.0/4', '::/3', '4000::/2', '8000::/1')], // broadcast; all but IPv6 global unicast (2000::/3)
  ['reserved', within('192.0.0.0/24', '198.18.0.0/15', '2001::/23')], // protocol assignments, benchmarks, Teredo
  ['reserved', within('192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20')], // documentation
  ['reserved', within('192.88.99.0/24', '2002::/16')], // 6to4
];

const METADATA_NAMES: readonly string[] = [
  'metadata',
  'metadata.azure.internal',
  'metadata.goog',
  'metadata.google.internal',
  'instance-data',
  'instance-data.ec2.internal',
];

// IPv4 within IPv6, as the URL parser writes it: mapped, the deprecated compatible form, NAT64.
const EMBEDDED_IPV4 = /^\[(::ffff:|::|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;

function within(...ranges: readonly string[]): (host: string) => boolean {
  // One list a family: a BlockList counts every IPv4 address, as mapped, into ::/3.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    lists[familyOf(address)].addSubnet(address, Number(prefix), familyOf(address));
  }
  return (host) => isIP(host) !== 0 && lists[familyOf(host)].check(host, familyOf(host));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

function classify(address: string): AddressClass {
  if (isIP(address) === 0) return 'malformed';
  if (address.includes('%')) return 'link-local';
  return RANGES.find(([, holds]) => holds(address))?.[0] ?? 'public';
}

/** The IPv4 address that an IPv6 address stands for, else the address itself. */
function unwrap(address: string): string {
  if (!isIPv6(address) || address.includes('%')) return address;
  const [, prefix, ...halves] = EMBEDDED_IPV4.exec(new URL(`http://[${address}]`).hostname) ?? [];
  if (prefix === undefined) return address;
  const bytes = halves.map((half) => Number.parseInt(half, 16)).flatMap((half) => [half >> 8, half & 255]);
  // What is local behind a NAT64 gateway is not local here: left wrapped, it counts as reserved.
  return prefix === '64:ff9b::' && classify(bytes.join('.')) === 'local' ? address : bytes.join('.');
}

/** Without the brackets of IPv6 and the dots of the root. A loop, as a regular expression is quadratic on hostile input. */
function plainHost(host: string): string {
  let plain = host.toLowerCase().replace(/^\[|\]$/g, '');
  while (plain.endsWith('.')) plain = plain.slice(0, -1);
  return plain;
}

function blocked(rule: EgressRule, reason: string): Refusal {
  return { type: 'blocked', rule, reason };
}

function never(rule: NeverRule, target: string): Refusal {
  const remedy = 'No option opens it: use a loopback, private or public address.';
  return blocked(rule, `Callbacks never go to ${rule} addresses, and ${target} is one. ${remedy}`);
}

/** `host` is what was asked for: the address itself, or a name that resolved to it. */
function judgeAddress(
  address: string,
  host: string,
  allows: (address: string) => boolean,
): Refusal | undefined {
  const plain = unwrap(address);
  const found = classify(plain);
  const target = plainHost(host) === address ? host : `${host} (resolved to ${address})`;
  if (found === 'local' || (found === 'public' && allows(plain))) return undefined;
  if (found === 'malformed') return blocked(found, `${target} has no valid address. Check the resolver.`);
  if (found !== 'public') return never(found, target);
  return blocked('not-allowed', `${target} is a public address. To open it, use --allow-callback ${host}`);
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

function judgeHost(url: URL, entries: readonly AllowEntry[]): Refusal | undefined {
  const host = plainHost(url.hostname);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const fitting = entries.filter((entry) => entry.port === undefined || entry.port === port);
  const fits = (target: string) => fitting.some((entry) => entry.covers(target));
  if (isIP(host) !== 0) return judgeAddress(host, url.hostname, fits);
  if (METADATA_NAMES.includes(host)) return never('metadata', host);
  // The look-up sees no port, so the port of a name's entry is held here or nowhere.
  if (fits(host) || !entries.some((entry) => entry.covers(host))) return undefined;
  const remedy = `To open this one, use --allow-callback ${host}:${port}`;
  return blocked('not-allowed', `${host} is allowed on other ports only. ${remedy}`);
}

function checkUrl(text: string, entries: readonly AllowEntry[]): EgressVerdict {
  // No reason repeats the whole text: it may hold a password, and reasons are printed.
  if (!URL.canParse(text)) {
    return blocked('malformed', 'This is no absolute URL. Write one such as http://127.0.0.1:3000/callback');
  }
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return blocked('scheme', `Callbacks cannot go to a ${url.protocol} URL. Use http: or https:`);
  }
  if (url.username !== '' || url.password !== '') {
    return blocked('userinfo', 'The URL holds a user name or password. Take out what stands before the @');
  }
  return judgeHost(url, entries) ?? { type: 'allowed', url };
}

function guardLookup(entries: readonly AllowEntry[], resolve: typeof systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    const host = plainHost(hostname);
    const fail = (error: NodeJS.ErrnoException) => callback(error, '');
    if (METADATA_NAMES.includes(host)) {
      return queueMicrotask(() => fail(new BlockedError(never('metadata', host))));
    }
    const named = entries.some((entry) => entry.covers(host));
    const allows = (address: string) =>
      named || entries.some((e) => e.port === undefined && e.covers(address));
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return fail(error);
      const refusal = addresses.map(({ address }) => judgeAddress(address, host, allows)).find(Boolean);
      if (refusal) return fail(new BlockedError(refusal));
      const [first] = addresses;
      // node:net throws out of its own callback on an empty list, which would end the process.
      if (!first) return fail(Object.assign(new Error(`${host} has no address.`), { code: 'ENOTFOUND' }));
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

interface EgressGuardOptions {
  /** Host name, `*.example.com`, IP address or CIDR range, each with `:port` if wanted. */
  readonly allow?: readonly string[];
  readonly resolve?: typeof systemLookup;
}

/** A literal host is judged once per URL, not once per POST; names are looked up anew at each connection. */
const VERDICTS_KEPT = 1000;

/** Decides where callbacks may go: loopback and private addresses, and beyond them what `allow` names. */
export function createEgressGuard({
  allow = [],
  resolve = systemLookup,
}: EgressGuardOptions = {}): EgressGuard {
  const entries = allow.map(parseAllowEntry);
  const known = new Map<string, EgressVerdict>();
  return {
    checkUrl(url) {
      const verdict = known.get(url) ?? checkUrl(url, entries);
      if (known.size >= VERDICTS_KEPT) known.clear();
      known.set(url, verdict);
      return verdict;
    },
    lookup: guardLookup(entries, resolve),
  };
}
