import { createPrivateKey, randomBytes, type webcrypto, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { X509CertificateCreateParams } from '@peculiar/x509';
import {
  type CertificateName,
  encodeNameConstraints,
  NAME_CONSTRAINTS,
  permits,
} from './name-constraints.ts';
import { openPrivateFolder, type PrivateFolder } from './private-folder.ts';

/** A certificate for this machine, and its authority. */
export interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
  /** Path of the authority's certificate, for NODE_EXTRA_CA_CERTS or the system's trust store. */
  readonly caFile: string;
}

const DAY_MS = 86_400_000;
/** The authority is created once and trusted manually, so it is long-lived. Certificates are created on each start. */
const AUTHORITY_DAYS = 3650;
const CERTIFICATE_DAYS = 90;
/** Tolerates small clock differences between containers and hosts. */
const BACKDATED_MS = 5 * 60_000;

const CA_FILE = 'ca.pem';
/** Contains the key and its certificate in one file, so that a crash cannot leave one without the other. */
const KEY_FILE = 'ca-key.pem';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const BASIC_CONSTRAINTS = '2.5.29.19';

/**
 * Creates a certificate for `localhost`, the loopback addresses and `host`, signed by the authority in this folder.
 * The authority can certify only loopback and `host`; one that cannot certify `host` is replaced.
 * @throws {CodedError} OPTION_INVALID when the folder cannot be used
 */
export async function ownCertificate(dir: string, host: string): Promise<OwnCertificate> {
  const names = [...LOOPBACK_NAMES, ...nameOf(host)];
  const folder = openPrivateFolder(dir, [CA_FILE, KEY_FILE, 'authorities.pem']);
  const authority = await openAuthority(folder, names);
  // Clients read the authority's certificate from this file.
  if (folder.read(CA_FILE) !== authority.cert) folder.write(CA_FILE, authority.cert);
  const { cert, key } = await signFor(names, authority);
  return { cert: `${cert.trim()}\n${authority.cert}`, key, caFile: join(dir, CA_FILE) };
}

/** Writes a file to the authority's folder with the same protection. */
export function writeToAuthorityFolder(dir: string, name: string, text: string): void {
  openPrivateFolder(dir, [CA_FILE, KEY_FILE, name]).write(name, text);
}

const LOOPBACK_NAMES: readonly CertificateName[] = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
];

/** Returns the name that `host` adds; none for an address of all interfaces and for invalid hosts. */
function nameOf(host: string): CertificateName[] {
  const written = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  if (!URL.canParse(`http://${written}`)) return [];
  const value = new URL(`http://${written}`).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (value === '0.0.0.0' || value === '::' || LOOPBACK_NAMES.some((name) => name.value === value)) return [];
  if (value.includes(':') || /^[\d.]+$/.test(value)) return [{ type: 'ip', value }];
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(value) ? [{ type: 'dns', value }] : [];
}

/** Certificate and key are PEM. */
interface Authority {
  readonly cert: string;
  readonly key: string;
}

async function openAuthority(folder: PrivateFolder, names: readonly CertificateName[]): Promise<Authority> {
  const found = await readAuthority(folder, names);
  if (found !== null) return found;
  const made = await makeAuthority(names);
  const text = `${made.key.trim()}\n${made.cert.trim()}\n`;
  // Another mock may create an authority at the same moment; both use the first one.
  if (!folder.create(KEY_FILE, text)) {
    const existing = await readAuthority(folder, names);
    if (existing !== null) return existing;
    folder.write(KEY_FILE, text);
  }
  return made;
}

/**
 * Returns null when the authority is missing, damaged, expired, insufficiently constrained, or not valid for these
 * names.
 */
async function readAuthority(
  folder: PrivateFolder,
  names: readonly CertificateName[],
): Promise<Authority | null> {
  const text = folder.read(KEY_FILE) ?? '';
  const [key] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/.exec(text) ?? [];
  const [cert] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/.exec(text) ?? [];
  if (key === undefined || cert === undefined) return null;
  const authority = { key, cert };
  return (await isUsable(authority, names)) ? authority : null;
}

async function isUsable({ cert, key }: Authority, names: readonly CertificateName[]): Promise<boolean> {
  try {
    const own = new X509Certificate(cert);
    const now = Date.now();
    const lasts =
      Date.parse(own.validTo) > now + CERTIFICATE_DAYS * DAY_MS && Date.parse(own.validFrom) <= now;
    if (!lasts || !own.ca || !own.checkPrivateKey(createPrivateKey(key)) || !own.verify(own.publicKey))
      return false;
    const { X509Certificate: Decoded, BasicConstraintsExtension } = await import('@peculiar/x509');
    const decoded = new Decoded(cert);
    const basic = decoded.getExtension<InstanceType<typeof BasicConstraintsExtension>>(BASIC_CONSTRAINTS);
    const constraints = decoded.getExtension(NAME_CONSTRAINTS);
    return basic?.pathLength === 0 && constraints?.critical === true && permits(constraints.value, names);
  } catch {
    return false;
  }
}

async function makeAuthority(names: readonly CertificateName[]): Promise<Authority> {
  const x509 = await import('@peculiar/x509');
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const subject = `CN=Stunt Double local authority ${randomBytes(3).toString('hex')}`;
  const cert = await x509.X509CertificateGenerator.create({
    ...validFor(AUTHORITY_DAYS),
    subject,
    issuer: subject,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.Extension(NAME_CONSTRAINTS, true, encodeNameConstraints(names)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: `${cert.toString('pem')}\n`, key: await pemOf(keys.privateKey) };
}

async function signFor(names: readonly CertificateName[], authority: Authority): Promise<Authority> {
  const x509 = await import('@peculiar/x509');
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const issuer = new x509.X509Certificate(authority.cert);
  const der = x509.PemConverter.decodeFirst(authority.key);
  const cert = await x509.X509CertificateGenerator.create({
    ...validFor(CERTIFICATE_DAYS),
    subject: 'CN=Stunt Double on this machine',
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([...names]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
    ],
  });
  return { cert: cert.toString('pem'), key: await pemOf(keys.privateKey) };
}

type Lifetime = Pick<
  X509CertificateCreateParams,
  'serialNumber' | 'notBefore' | 'notAfter' | 'signingAlgorithm'
>;

function validFor(days: number): Lifetime {
  const serial = randomBytes(16);
  // The serial number must be positive and have no leading zero byte.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return {
    serialNumber: serial.toString('hex'),
    notBefore: new Date(Date.now() - BACKDATED_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
    signingAlgorithm: ALGORITHM,
  };
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const { PemConverter } = await import('@peculiar/x509');
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}
