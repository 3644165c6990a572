import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { createCertificate } from '../../mock-server/index.ts';
import { writeCertificates } from '../../mock-server/internal.ts';

/** Certificates for a mock with https and for the programs that must trust it. */
export interface Trust {
  readonly certificate: { readonly cert: string; readonly key: string };
  /** File with the certificate of the authority. */
  readonly caFile: string;
  /** PEM of the default authorities and our own. */
  readonly authorities: string;
  /** Variables that make common programs and libraries trust the mock. */
  readonly env: Readonly<Record<string, string>>;
}

const BUNDLE = 'authorities.pem';

/**
 * Creates a certificate for the mock.
 * @param dir folder of the authority
 * @throws {CodedError} OPTION_INVALID when the folder cannot be used
 */
export async function openTrust(dir: string): Promise<Trust> {
  const { cert, key, caFile: file } = await createCertificate(dir);
  const caFile = resolve(file);
  const authorities = [...rootCertificates, readFileSync(caFile, 'utf8')].join('\n');
  // Except in Node, this file replaces the default authorities, and a client may call other servers.
  const bundle = join(resolve(dir), BUNDLE);
  await writeCertificates(dir, BUNDLE, authorities);
  return {
    certificate: { cert, key },
    caFile,
    authorities,
    env: {
      NODE_EXTRA_CA_CERTS: caFile,
      SSL_CERT_FILE: bundle,
      REQUESTS_CA_BUNDLE: bundle,
      CURL_CA_BUNDLE: bundle,
    },
  };
}
