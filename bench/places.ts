import { join } from 'node:path';

/** Everything here runs from the build in `dist/bench/`. */
const DIST = join(import.meta.dirname, '..');

/** The root folder of the package. */
export const ROOT = join(DIST, '..');
export const COMMAND = join(DIST, 'cli/stuntdouble.js');
export const BARE_START = join(import.meta.dirname, 'processes/bare-start.js');
export const RUNWAY_DOCUMENT = join(DIST, '../spec/runway/openapi.yaml');
