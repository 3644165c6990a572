import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../core/coded-error.ts';
import { makeFolder } from './make-folder.ts';

/** A certificate for this machine, and the authority that vouches for it. */
export interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
  /** The authority's certificate: trust this file, with NODE_EXTRA_CA_CERTS or the system's own means. */
  readonly caFile: string;
}

const DAY_MS = 86_400_000;
/** The authority is made once and trusted by hand, so it lasts; what it signs is made anew with each start. */
const AUTHORITY_DAYS = 3650;
const CERTIFICATE_DAYS = 90;

/**
 * Signs a certificate for `localhost`, the loopback addresses and `host`, by an authority that is kept in this folder.
 * @throws {CodedError} OPTION_INVALID when the folder cannot be used
 */
export async function ownCertificate(dir: string, host: string): Promise<OwnCertificate> {
  const caFile = join(dir, 'ca.pem');
  const keyFile = join(dir, 'ca-key.pem');
  const authority = readAuthority(caFile, keyFile) ?? (await makeAuthority(dir, caFile, keyFile));
  const { generate } = await import('selfsigned');
  const names = [
    { type: 2 as const, value: 'localhost' },
    { type: 7 as const, ip: '127.0.0.1' },
    { type: 7 as const, ip: '::1' },
  ];
  const made = await generate([{ name: 'commonName', value: 'Stunt Double on this machine' }], {
    ...EC,
    notAfterDate: new Date(Date.now() + CERTIFICATE_DAYS * DAY_MS),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [...names, ...nameOf(host)] },
    ],
  });
  return { cert: `${made.cert.trim()}\n${authority.cert}`, key: made.private, caFile };
}

const EC = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

interface Authority {
  readonly cert: string;
  readonly key: string;
}

function readAuthority(caFile: string, keyFile: string): Authority | null {
  try {
    const cert = readFileSync(caFile, 'utf8');
    const key = readFileSync(keyFile, 'utf8');
    const isValid = Date.parse(new X509Certificate(cert).validTo) > Date.now() + CERTIFICATE_DAYS * DAY_MS;
    return isValid ? { cert, key } : null;
  } catch {
    return null;
  }
}

async function makeAuthority(dir: string, caFile: string, keyFile: string): Promise<Authority> {
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'Stunt Double local authority' }], {
    ...EC,
    notAfterDate: new Date(Date.now() + AUTHORITY_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  try {
    makeFolder(dir);
    // Whoever has this key can vouch for any host to those who trust the authority.
    writeFileSync(keyFile, made.private, { mode: 0o600 });
    writeFileSync(caFile, made.cert);
  } catch (error) {
    throw new CodedError('OPTION_INVALID', `the folder ${dir} cannot be used: ${(error as Error).message}`);
  }
  return { cert: made.cert, key: made.private };
}

function nameOf(host: string) {
  if (host === 'localhost' || host === '127.0.0.1' || host === '::1') return [];
  if (host === '0.0.0.0' || host === '::') return [];
  return /^[\d.]+$|:/.test(host) ? [{ type: 7 as const, ip: host }] : [{ type: 2 as const, value: host }];
}
