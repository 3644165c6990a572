import { createMockServer, type MockServer, type MockServerOptions } from '../mock-server/index.ts';
import { MOCK_SERVER_OPTIONS, type OptionNames, refuseUnknownOptions } from '../mock-server/internal.ts';

export interface StartMockOptions extends MockServerOptions {
  /** Variables to set in `process.env`; `{url}`, `{url:PACK}` (the base URL of a pack) and `{key}` are replaced. */
  readonly env?: Readonly<Record<string, string>>;
  /** Replacement for `{key}` (default: `sd-test-key`). */
  readonly key?: string;
  /** Port to listen on (default: any free port). */
  readonly port?: number;
}

const START_MOCK_OPTIONS: OptionNames<StartMockOptions> = {
  ...MOCK_SERVER_OPTIONS,
  env: true,
  key: true,
  port: true,
};

export interface StartedMock {
  readonly mock: MockServer;
  /** Base URL, such as `http://127.0.0.1:49152`. */
  readonly url: string;
  /** Stops the mock and restores the environment. */
  close(): Promise<void>;
}

/**
 * Starts a mock and sets environment variables before it resolves, so that modules that read `process.env` on import
 * find them. Await it before importing the application: at the top level of a setup file, in `vi.hoisted`, or in a
 * `globalSetup`. It does not depend on vitest.
 * @example
 * import { vi } from 'vitest';
 * const { mock } = await vi.hoisted(async () => {
 *   const { startMock } = await import('stuntdouble/start-mock');
 *   return startMock({ env: { VIDEO_API: '{url}', VIDEO_KEY: '{key}' } });
 * });
 */
export async function startMock(options: StartMockOptions = {}): Promise<StartedMock> {
  refuseUnknownOptions('startMock()', options, START_MOCK_OPTIONS);
  const { env = {}, key = 'sd-test-key', port = 0, ...rest } = options;
  const mock = await createMockServer(rest).listen({ port });
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  try {
    Object.assign(process.env, filledIn(env, mock, key));
  } catch (error) {
    await mock.close();
    throw error;
  }
  return {
    mock,
    url: mock.url,
    async close() {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await mock.close();
    },
  };
}

/** @throws {CodedError} OPTION_INVALID when a placeholder names a pack that is not loaded */
function filledIn(
  env: Readonly<Record<string, string>>,
  mock: MockServer,
  key: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, text]) => [
      name,
      text
        .replaceAll('{url}', mock.url)
        .replaceAll(/\{url:([^{}]*)\}/g, (_all, pack: string) => mock.urlOf(pack))
        .replaceAll('{key}', key),
    ]),
  );
}
