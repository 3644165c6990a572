import type { MockServer, MockServerOptions } from '../mock-server/index.ts';
import { MOCK_SERVER_OPTIONS, type OptionNames, refuseUnknownOptions } from '../mock-server/internal.ts';
import { type StartedMock, startMock } from './start-mock.ts';

export interface UseMockOptions extends MockServerOptions {
  /** Environment variables during the tests of the file; `{url}` and `{key}` are replaced. */
  readonly env?: Readonly<Record<string, string>>;
  /** Replacement for `{key}` (default: `sd-test-key`). */
  readonly key?: string;
}

const USE_MOCK_OPTIONS: OptionNames<UseMockOptions> = { ...MOCK_SERVER_OPTIONS, env: true, key: true };

/** The hooks of a test runner. */
export interface Hooks {
  readonly before: (hook: () => Promise<void>) => void;
  readonly after: (hook: () => Promise<void> | undefined) => void;
}

/** Gives access to the mock of a test file. */
export interface UsedMock {
  /** @throws {Error} before the tests of the file begin */
  readonly mock: MockServer;
}

/** Starts a mock before the tests of a file, and stops it after them. */
export function useMockWith({ before, after }: Hooks, options: UseMockOptions): UsedMock {
  refuseUnknownOptions('useMock()', options, USE_MOCK_OPTIONS);
  let started: StartedMock | undefined;
  before(async () => {
    started = await startMock(options);
  });
  after(() => started?.close());
  return {
    get mock() {
      if (started === undefined) {
        throw new Error(
          'The mock is not running yet, because useMock starts it before the first test. Use it in a test or a hook, or start it earlier with "await startMock()".',
        );
      }
      return started.mock;
    },
  };
}
