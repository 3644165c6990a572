import { isIPv6 } from 'node:net';
import { isLoopback } from '../delivery/address-class.ts';

/** A name or an address in a certificate. */
export interface CertificateName {
  readonly type: 'dns' | 'ip';
  readonly value: string;
}

/** The object identifier of the extension. */
export const NAME_CONSTRAINTS = '2.5.29.30';

const SEQUENCE = 0x30;
/** The context tag [0], used by both `permittedSubtrees` and the base of a subtree. */
const PERMITTED = 0xa0;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/**
 * Encodes the names that an authority may certify: loopback, and the given names that are not loopback (RFC 5280,
 * 4.2.1.10). A constraint for a name covers its subdomains.
 */
export function encodeNameConstraints(names: readonly CertificateName[]): Buffer {
  return element(SEQUENCE, element(PERMITTED, ...subtreesFor(names)));
}

/** Returns whether an extension written by `encodeNameConstraints` permits all of these names. */
export function permits(extension: ArrayBuffer, names: readonly CertificateName[]): boolean {
  const encoded = Buffer.from(extension);
  return encoded.length > 0 && subtreesFor(names).every((subtree) => encoded.includes(subtree));
}

function subtreesFor(names: readonly CertificateName[]): Buffer[] {
  const others = names.filter(({ value }) => !isLoopback(value));
  return [
    dnsSubtree('localhost'),
    ipSubtree('127.0.0.0', 8),
    ipSubtree('::1', 128),
    ...others.map(({ type, value }) =>
      type === 'dns' ? dnsSubtree(value) : ipSubtree(value, isIPv6(value) ? 128 : 32),
    ),
  ];
}

function dnsSubtree(name: string): Buffer {
  return element(SEQUENCE, element(DNS_NAME, Buffer.from(name)));
}

/** Encodes an address followed by its mask. */
function ipSubtree(address: string, prefix: number): Buffer {
  const bytes = addressBytes(address);
  const mask = bytes.map((_byte, index) => 0xff & ~(0xff >> Math.min(8, Math.max(0, prefix - 8 * index))));
  return element(SEQUENCE, element(IP_ADDRESS, Buffer.from([...bytes, ...mask])));
}

function addressBytes(address: string): number[] {
  if (!isIPv6(address)) return address.split('.').map(Number);
  // The URL parser normalizes a trailing IPv4 part to hexadecimal groups.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = plain
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 0xff]);
}

/** Encodes one DER element: the tag, the length of the content and the content. */
function element(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  // DER requires the shortest form of the length.
  if (length.length === 3 && body.length < 0x100) length.splice(0, 2, 0x81);
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
