import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{mock-server,contract-tests,cli,fixtures,bench}/**/*.test.ts'],
    testTimeout: 20_000,
    coverage: {
      provider: 'v8',
      include: ['mock-server/**/*.ts', 'contract-tests/**/*.ts', 'cli/**/*.ts'],
      exclude: ['**/*.test.ts'],
    },
  },
});
