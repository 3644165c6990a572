// Bundles the library as CommonJS into dist/cjs, for test runners that load modules themselves and cannot require ES
// modules, such as Jest before Node 24.9. Node itself always gets the ES modules.
import { writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

const ENTRIES = {
  index: 'mock-server/index',
  judge: 'contract-tests/index',
  jest: 'contract-tests/jest',
  matchers: 'contract-tests/matchers',
  'start-mock': 'contract-tests/start-mock',
};

const bundle = await rolldown({
  input: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, `dist/${path}.js`])),
  platform: 'node',
  // Dependencies that consist of ES modules are bundled.
  external: [
    'express',
    'range-parser',
    'yaml',
    '@peculiar/x509',
    'ioredis',
    'bullmq',
    /^(ajv|ajv-formats|undici)(\/|$)/,
  ],
  onwarn(warning) {
    throw new Error(warning.message);
  },
});
await bundle.write({
  dir: 'dist/cjs',
  format: 'cjs',
  cleanDir: true,
  entryFileNames: '[name].cjs',
  chunkFileNames: 'parts/[name]-[hash].cjs',
});
await bundle.close();

for (const [name, path] of Object.entries(ENTRIES)) {
  const values = Object.entries(await import(`../dist/${path}.js`));
  writeFileSync(`dist/cjs/${name}.d.cts`, typesOf(`../${path}.js`, values));
}

/** Returns types for CommonJS that refer to those of the ES module. */
function typesOf(module, values) {
  const mode = `with { 'resolution-mode': 'import' }`;
  const own = values.flatMap(([name, value]) => [
    `export declare const ${name}: typeof module.${name};`,
    ...(/^class\b/.test(String(value)) ? [`export type ${name} = module.${name};`] : []),
  ]);
  const imported = `import type * as module from '${module}' ${mode};`;
  return [imported, `export type * from '${module}' ${mode};`, ...own, ''].join('\n');
}
