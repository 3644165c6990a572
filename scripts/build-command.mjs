// Bundles the command into dist/command, because a start spends most of its time on opening hundreds of small modules.
// The code is not minified, and names its modules, so that stack traces can be read.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/** What a start loads before the mock listens. Everything else is loaded when it is first needed. */
const AT_START = ['cli/run-program', 'cli/start', 'mock-server/index'];

const INLINED = new Set(['commander', 'range-parser']);

/** The module that loads others a few at a time. A bundle opens only a few files. */
const STEPS = resolve('dist/mock-server/load-in-steps.js');

const atStart = new Set();
for (const name of AT_START) follow(resolve(`dist/${name}.js`));

const bundle = await rolldown({
  input: { main: 'dist/cli/main.js', 'verdict-worker': 'dist/cli/verdict-worker.js' },
  platform: 'node',
  // Two dependencies are needed at every start, the others later, if at all.
  external: (id) => /^[^./\0]/.test(id) && !INLINED.has(id),
  plugins: [
    {
      name: 'single-step',
      load: (id) => (id === STEPS ? 'export const loadInSteps = () => undefined;' : null),
    },
  ],
  onwarn(warning) {
    // What a start needs anyway is in its file, although other modules import it when they need it.
    if (warning.code === 'INEFFECTIVE_DYNAMIC_IMPORT') return;
    throw new Error(warning.message);
  },
});
await bundle.write({
  dir: 'dist/command',
  format: 'esm',
  cleanDir: true,
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  codeSplitting: {
    groups: [
      {
        name: 'start',
        test: (id) => atStart.has(id) || /\/node_modules\/(commander|range-parser)\//.test(id),
      },
    ],
  },
});
await bundle.close();

/** Adds a module and those that it imports statically. */
function follow(path) {
  if (atStart.has(path)) return;
  atStart.add(path);
  for (const [, name] of readFileSync(path, 'utf8').matchAll(
    /^(?:import|export)\b[^'"]*? from '(\.[^']+)';$|^import '(\.[^']+)';$/gm,
  )) {
    if (name !== undefined) follow(join(dirname(path), name));
  }
}
