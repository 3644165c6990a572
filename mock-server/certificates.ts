import type { OwnCertificate } from './http/own-certificate.ts';

/**
 * Creates a certificate for `listen({ tls })`. Its certificate authority is created on first use and kept in the
 * folder.
 */
export async function createCertificate(dir: string, host = '127.0.0.1'): Promise<OwnCertificate> {
  const { ownCertificate } = await import('./http/own-certificate.ts');
  return ownCertificate(dir, host);
}

/** Writes a file into the folder of `createCertificate`, with the permissions of its other files. */
export async function writeCertificates(dir: string, name: string, text: string): Promise<void> {
  const { writeToAuthorityFolder } = await import('./http/own-certificate.ts');
  writeToAuthorityFolder(dir, name, text);
}
