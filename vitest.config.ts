import { defineConfig } from 'vitest/config';
import { HANG_LIMIT_MS, WAIT_LIMIT_MS } from './fixtures/hang-limit.ts';

export default defineConfig({
  test: {
    include: ['{mock-server,contract-tests,cli,fixtures,bench}/**/*.test.ts'],
    testTimeout: HANG_LIMIT_MS,
    hookTimeout: HANG_LIMIT_MS,
    expect: { poll: { timeout: WAIT_LIMIT_MS, interval: 20 } },
    // Most tests wait for something, so there are more workers than the usual machine has cores.
    maxWorkers: 4,
    // Concurrent tests of one file spend most of their time waiting, but not all of it.
    maxConcurrency: 6,
    coverage: {
      provider: 'v8',
      include: ['mock-server/**/*.ts', 'contract-tests/**/*.ts', 'cli/**/*.ts'],
      exclude: ['**/*.test.ts'],
    },
  },
});
