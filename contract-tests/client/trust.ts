import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { createCertificate, writeCertificates } from '../../mock-server/index.ts';

/** What a mock needs to speak https, and what others need to believe it. */
export interface Trust {
  readonly certificate: { readonly cert: string; readonly key: string };
  /** The authority's certificate. */
  readonly caFile: string;
  /** The well-known authorities and our own, as one text of PEM. */
  readonly authorities: string;
  /** Makes the usual programs and libraries trust the mock. */
  readonly env: Readonly<Record<string, string>>;
}

const BUNDLE = 'authorities.pem';

/** @param dir the folder of the authority @throws {CodedError} OPTION_INVALID when it cannot be used */
export async function openTrust(dir: string): Promise<Trust> {
  const { cert, key, caFile: file } = await createCertificate(dir);
  const caFile = resolve(file);
  const authorities = [...rootCertificates, readFileSync(caFile, 'utf8')].join('\n');
  // All but Node take such a file in place of their own, and a client may have others to call.
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
