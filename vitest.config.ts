import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{mock-server,contract-tests,cli,fixtures,bench}/**/*.test.ts'],
    testTimeout: 20_000,
    // Those that run beside each other wait most of the time, but not all of it.
    maxConcurrency: 3,
    coverage: {
      provider: 'v8',
      include: ['mock-server/**/*.ts', 'contract-tests/**/*.ts', 'cli/**/*.ts'],
      exclude: ['**/*.test.ts'],
    },
  },
});
