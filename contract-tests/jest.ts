import { matchers } from './matchers.ts';
import { type UsedMock, type UseMockOptions, useMockWith } from './use-mock.ts';

export { type StartedMock, type StartMockOptions, startMock } from './start-mock.ts';
export type { UsedMock, UseMockOptions } from './use-mock.ts';
export { matchers };

/** The globals of Jest that are used here. */
interface JestGlobals {
  readonly beforeAll?: (hook: () => Promise<void>) => void;
  readonly afterAll?: (hook: () => Promise<void> | undefined) => void;
  readonly expect?: { readonly extend: (own: typeof matchers) => void };
}

const { expect } = globalThis as JestGlobals;
expect?.extend(matchers);

/**
 * Starts a mock before the tests of a file and stops it after them. The environment is set in `beforeAll`, which is too
 * late for modules that read `process.env` when they are loaded. Load those in a test or a hook.
 * @returns the mock, for use in tests and hooks
 * @throws {Error} outside of Jest, or with `injectGlobals: false`
 */
export function useMock(options: UseMockOptions = {}): UsedMock {
  const { beforeAll, afterAll } = globalThis as JestGlobals;
  if (beforeAll === undefined || afterAll === undefined) {
    throw new Error(
      'useMock of stuntdouble/jest needs the globals of Jest. With injectGlobals: false, call startMock in a hook instead.',
    );
  }
  return useMockWith({ before: beforeAll, after: afterAll }, options);
}
