#!/usr/bin/env node
// The installed command. Node 12 and later can parse this file, and it has no static imports, because an older version
// of Node rejects the whole program at the first syntax or export that it does not support.

/** The minimum of "engines" in package.json. */
const OLDEST = [20, 19];

function isTooOld(version: string): boolean {
  const parts = version.split('.').map(Number);
  const major = Number(parts[0]);
  return major < Number(OLDEST[0]) || (major === OLDEST[0] && Number(parts[1]) < Number(OLDEST[1]));
}

// Bun and Deno report the version of Node that they are compatible with.
if (isTooOld(process.versions.node)) {
  process.stderr.write(
    `Stunt Double requires Node ${OLDEST.join('.')} or newer, but this is ${process.version}. Install a newer version of Node.\n`,
  );
  // EXIT.usage of exit-codes.ts, which cannot be imported here.
  process.exitCode = 64;
} else {
  // The build bundles the program, which starts in half the time.
  const bundle = '../command/main.js';
  const withoutBundle = (error: NodeJS.ErrnoException): Promise<unknown> => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return import('./main.ts');
  };
  import(bundle).catch(withoutBundle).catch((error) => {
    process.stderr.write(`Stunt Double could not be loaded: ${error.message}. Reinstall the package.\n`);
    process.exitCode = 3;
  });
}
