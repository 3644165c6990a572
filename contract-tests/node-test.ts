import { after, before } from 'node:test';
import { type UsedMock, type UseMockOptions, useMockWith } from './use-mock.ts';

export { type StartedMock, type StartMockOptions, startMock } from './start-mock.ts';
export type { UsedMock, UseMockOptions } from './use-mock.ts';

/**
 * Starts a mock before the tests of a file, or of the `describe` that calls this, and stops it after them.
 * @returns the mock, for use in tests and hooks
 */
export function useMock(options: UseMockOptions = {}): UsedMock {
  return useMockWith({ before, after }, options);
}
