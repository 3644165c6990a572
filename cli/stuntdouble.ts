#!/usr/bin/env node
// The installed command. Every Node since 12 can parse this file, and it imports nothing statically: an older Node
// rejects the whole program at the first syntax or export that it lacks, before any of it can run.

/** The lower end of "engines" in package.json. */
const OLDEST = [20, 19];

function isTooOld(version: string): boolean {
  const parts = version.split('.').map(Number);
  const major = Number(parts[0]);
  return major < Number(OLDEST[0]) || (major === OLDEST[0] && Number(parts[1]) < Number(OLDEST[1]));
}

// Bun and Deno report the version of Node that they are compatible with.
if (isTooOld(process.versions.node)) {
  process.stderr.write(
    `Stunt Double needs Node ${OLDEST.join('.')} or newer; this is ${process.version}. Install a newer Node.\n`,
  );
  // Wrong usage, as exit-codes.ts has it, which cannot be imported here.
  process.exitCode = 64;
} else {
  import('./main.ts').catch((error) => {
    process.stderr.write(`Stunt Double could not be loaded: ${error.message}. Install the package again.\n`);
    process.exitCode = 3;
  });
}
