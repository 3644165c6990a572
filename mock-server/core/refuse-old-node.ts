import { CodedError } from './coded-error.ts';

/** The minimum of "engines" in package.json. */
const OLDEST = { major: 20, minor: 19 } as const;

/**
 * Rejects versions of Node that can load the library but fail at the first callback.
 * @throws {CodedError} RUNTIME_UNSUPPORTED if the version is older than the minimum
 */
export function refuseOldNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return;
  throw new CodedError(
    'RUNTIME_UNSUPPORTED',
    `Stunt Double requires Node ${OLDEST.major}.${OLDEST.minor} or newer, but this is v${version}`,
    'Install a newer version of Node.',
  );
}
