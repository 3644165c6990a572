import { configDefaults, defineConfig } from 'vitest/config';
import { FULL } from './fixtures/full.ts';
import { HANG_LIMIT_MS, WAIT_LIMIT_MS } from './fixtures/hang-limit.ts';
import { LongestFirst } from './fixtures/longest-first.ts';

/** Pure functions, which leave nothing behind in the process: their files share one, and import what they need once. */
const PURE = ['mock-server/{core,scenarios}', 'contract-tests/reporters', 'bench'].map(
  (folder) => `${folder}/**/*.test.ts`,
);

/** Only in CI: the console in a real browser, and stores of a real Redis server. */
const SLOWEST = ['mock-server/console/**/*.browser.test.ts', 'mock-server/fleet/redis-{store,fleet}.test.ts'];

export default defineConfig({
  test: {
    testTimeout: HANG_LIMIT_MS,
    hookTimeout: HANG_LIMIT_MS,
    expect: { poll: { timeout: WAIT_LIMIT_MS, interval: 20 } },
    // Most tests wait for something, so there are more workers than the usual machine has cores.
    maxWorkers: 4,
    // Concurrent tests of one file spend most of their time waiting, but not all of it.
    maxConcurrency: 6,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        test: {
          name: 'other',
          include: ['{mock-server,contract-tests,cli,fixtures,bench,docs,scripts,simulation}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...PURE, ...(FULL ? [] : SLOWEST)],
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['mock-server/**/*.ts', 'contract-tests/**/*.ts', 'cli/**/*.ts'],
      exclude: ['**/*.test.ts'],
    },
  },
});
