import { test as base, type Fixtures, type PlaywrightTestArgs } from '@playwright/test';
import { createMockServer, type MockServer, type MockServerOptions } from '../mock-server/index.ts';

/** Fixtures that exist once per worker of Playwright. */
export interface WorkerFixtures {
  /** Options of the mock, set with `use` in the configuration. `cors` lets pages of an origin call it. */
  readonly mockOptions: MockServerOptions;
  /** The mock of the worker, on a free port and the virtual clock unless `mockOptions` says otherwise. */
  readonly mock: MockServer;
}

/** Fixtures of each test. */
export interface TestFixtures {
  /** Resets the mock before each test. */
  readonly resetMock: undefined;
}

const fixtures: Fixtures<TestFixtures, WorkerFixtures, PlaywrightTestArgs> = {
  mockOptions: [{}, { scope: 'worker', option: true }],
  mock: [
    async ({ mockOptions }, use) => {
      const mock = await createMockServer({ clock: 'virtual', ...mockOptions }).listen();
      await use(mock);
      await mock.close();
    },
    { scope: 'worker' },
  ],
  resetMock: [
    async ({ mock }, use) => {
      mock.reset();
      await use(undefined);
    },
    { auto: true },
  ],
};

/** The `test` of Playwright with a mock in each worker. */
export const test = base.extend<TestFixtures, WorkerFixtures>(fixtures);

export { expect } from '@playwright/test';
