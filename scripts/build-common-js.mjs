// Bundles the library as CommonJS into dist/cjs, for test runners that load modules themselves and cannot require ES
// modules, such as Jest before Node 24.9. Node itself always gets the ES modules.
import { rolldown } from 'rolldown';

const bundle = await rolldown({
  input: {
    index: 'dist/mock-server/index.js',
    judge: 'dist/contract-tests/index.js',
    jest: 'dist/contract-tests/jest.js',
    matchers: 'dist/contract-tests/matchers.js',
    'start-mock': 'dist/contract-tests/start-mock.js',
  },
  platform: 'node',
  // Dependencies that consist of ES modules are bundled.
  external: ['express', 'range-parser', 'yaml', '@peculiar/x509', /^(ajv|ajv-formats|undici)(\/|$)/],
  onwarn(warning) {
    throw new Error(warning.message);
  },
});
await bundle.write({
  dir: 'dist/cjs',
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: 'parts/[name]-[hash].cjs',
});
await bundle.close();
