import { BlockList, isIP, isIPv6 } from 'node:net';

/** Address classes that callbacks are never sent to. */
export type NeverRule = 'metadata' | 'link-local' | 'unspecified' | 'multicast' | 'reserved';
export type AddressClass = NeverRule | 'loopback' | 'private' | 'public' | 'malformed';

// The first matching row classifies an address, so the order matters: metadata addresses are inside private and
// reserved ranges.
// Source: https://www.iana.org/assignments/iana-ipv6-special-registry and the iana-ipv4-special-registry.
const RANGES: readonly (readonly [name: AddressClass, contains: (address: string) => boolean])[] = [
  ['metadata', within('169.254.169.254/32', 'fd00:ec2::/32')], // Amazon (its whole IPv6 service block) and most others
  ['metadata', within('168.63.129.16/32', 'fd20:ce::254/128')], // Azure's wire server; Google
  ['metadata', within('192.0.0.192/32', 'fd00:c1::a9fe:a9fe/128')], // Oracle
  ['metadata', within('100.100.100.200/32', 'fd00:100::100:200/128')], // Alibaba
  ['metadata', within('fd00:42::42/128', 'fd00:a9fe:a9fe::1/128')], // Scaleway; Akamai
  ['link-local', within('169.254.0.0/16', 'fe80::/10')],
  ['unspecified', within('0.0.0.0/8', '::/128')],
  ['loopback', within('127.0.0.0/8', '::1/128')],
  ['private', within('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7')],
  ['multicast', within('224.0.0.0/4', 'ff00::/8')],
  ['reserved', within('240.0.0.0/4', '::/3', '4000::/2', '8000::/1')], // broadcast; everything except IPv6 global unicast (2000::/3)
  ['reserved', within('192.0.0.0/24', '198.18.0.0/15', '2001::/23')], // protocol assignments, benchmarks, Teredo
  ['reserved', within('192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20')], // documentation
  ['reserved', within('192.88.99.0/24', '2002::/16')], // 6to4
];

// IPv4 embedded in IPv6, as serialized by the URL parser: mapped, the deprecated compatible form, NAT64.
const EMBEDDED_IPV4 = /^\[(::ffff:|::|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;

/** Returns a predicate that tests whether an address is in any of these CIDR ranges. */
export function within(...ranges: readonly string[]): (host: string) => boolean {
  // One list per family, because a BlockList treats IPv4 addresses as IPv4-mapped and would match all of them with
  // ::/3.
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

export function classify(address: string): AddressClass {
  if (isIP(address) === 0) return 'malformed';
  if (address.includes('%')) return 'link-local';
  return RANGES.find(([, contains]) => contains(address))?.[0] ?? 'public';
}

/** Returns the IPv4 address embedded in an IPv6 address, or the address itself. */
export function unwrap(address: string): string {
  if (!isIPv6(address) || address.includes('%')) return address;
  const [, prefix, ...halves] = EMBEDDED_IPV4.exec(new URL(`http://[${address}]`).hostname) ?? [];
  if (prefix === undefined) return address;
  const bytes = halves.map((half) => Number.parseInt(half, 16)).flatMap((half) => [half >> 8, half & 255]);
  // An address that is local behind a NAT64 gateway is not local to this machine. It stays wrapped and is therefore
  // classified as reserved.
  const inner = bytes.join('.');
  return prefix === '64:ff9b::' && isLocal(classify(inner)) ? address : inner;
}

/**
 * Strips the brackets of an IPv6 literal and trailing root dots. Uses a loop because a regular expression is quadratic
 * on hostile input.
 */
export function plainHost(host: string): string {
  let plain = host.toLowerCase().replace(/^\[|\]$/g, '');
  while (plain.endsWith('.')) plain = plain.slice(0, -1);
  return plain;
}

/** Returns whether addresses of this class can be reached without leaving the local network. */
export function isLocal(found: AddressClass): boolean {
  return found === 'loopback' || found === 'private';
}

/** Returns whether a plain host is a name that always resolves to this machine (RFC 6761, 6.3). */
export function isLocalhostName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/**
 * Returns whether a host name or an address, in any URL notation, refers to this machine only. Names count only when
 * they are `localhost` or end in `.localhost`, because any other name can resolve to any address.
 */
export function isLoopback(host: string): boolean {
  return classOfHost(host) === 'loopback';
}

/** Returns whether a host name or an address refers to this machine or is in a private network. */
export function isLocalHost(host: string): boolean {
  return isLocal(classOfHost(host));
}

/** Names other than `localhost` and its subdomains are classified as malformed addresses. */
function classOfHost(host: string): AddressClass {
  const written = isIPv6(host) ? `[${host}]` : host;
  // Characters that would end the host part of a URL are not valid in a host.
  const hasMore = /[/?#@\\\s]|:\d*$/.test(written.replace(/^\[.*\]$/, ''));
  if (hasMore || !URL.canParse(`http://${written}`)) return 'malformed';
  const plain = plainHost(new URL(`http://${written}`).hostname);
  return isLocalhostName(plain) ? 'loopback' : classify(unwrap(plain));
}
