import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{mock-server,contract-tests,cli,fixtures,bench,docs}/**/*.test.ts'],
    testTimeout: 20_000,
    // Most tests wait for something, so there are more workers than the usual machine has cores.
    maxWorkers: 4,
    // Those that run beside each other wait most of the time, but not all of it.
    maxConcurrency: 6,
    coverage: {
      provider: 'v8',
      include: ['mock-server/**/*.ts', 'contract-tests/**/*.ts', 'cli/**/*.ts'],
      exclude: ['**/*.test.ts'],
    },
  },
});
