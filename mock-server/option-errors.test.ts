import { describe, expect, it } from 'vitest';
import { CodedError, createMockServer, type MockServerOptions } from './index.ts';

/** Values that JavaScript code, or an option from the environment, could pass. */
const UNUSUAL_VALUES: readonly unknown[] = [
  '',
  ' ',
  '\n',
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  0.5,
  1e300,
  true,
  false,
  {},
  [],
  [''],
  [null],
  [[]],
  [{}],
  () => 1,
  10n,
  'x',
  '\u0000',
  '99999999999d',
  'http://',
  '/',
  Object.create(null),
  new Date(Number.NaN),
];

/** Without functions, which are not validated, and `data`, which would create a folder. */
const OPTIONS: readonly (keyof MockServerOptions)[] = [
  'packs',
  'profile',
  'mounts',
  'scenario',
  'seed',
  'clock',
  'startAt',
  'speed',
  'ackTimeout',
  'retries',
  'retryGaps',
  'ackStatus',
  'secret',
  'apiKeys',
  'allowCallback',
  'concurrency',
  'queue',
  'rateLimit',
  'keep',
  'retryAfter',
  'publicUrl',
  'slowAnswer',
  'grace',
  'adminToken',
];

/** Returns the error of creating a mock; undefined if it succeeds. */
function errorOf(options: object): unknown {
  try {
    void createMockServer(options as MockServerOptions).close();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('an option of the library', () => {
  it.each(OPTIONS)('%s accepts a value or rejects it with a code', (name) => {
    for (const value of UNUSUAL_VALUES) {
      const error = errorOf({ [name]: value });
      if (error !== undefined) expect(error).toBeInstanceOf(CodedError);
    }
  });

  it.each(OPTIONS)('%s rejects an empty string', (name) => {
    for (const value of ['', ' ']) {
      expect(errorOf({ [name]: value })).toMatchObject({ code: expect.stringMatching(/OPTION_INVALID/) });
    }
  });

  it.each(['packs', 'apiKeys', 'allowCallback', 'retryGaps'] as const)(
    '%s rejects an empty entry',
    (name) => {
      expect(errorOf({ [name]: ['a.example', ''] })).toMatchObject({ code: 'OPTION_INVALID' });
    },
  );

  it('apiKeys rejects an empty list', () => {
    expect(errorOf({ apiKeys: [] })).toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('data rejects an empty string', () => {
    expect(errorOf({ data: '' })).toMatchObject({ code: 'OPTION_INVALID' });
  });
});

describe('listen()', () => {
  it.each([
    [{ host: '' }],
    [{ host: ' ' }],
    [{ host: 'name.invalid' }],
    [{ port: Number.NaN }],
    [{ port: 65_536 }],
    [{ tls: { cert: 'x', key: 'y' } }],
  ])('rejects %j with a code', async (options) => {
    const mock = createMockServer();
    await expect(mock.listen(options)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await mock.close();
  });

  it('sets the address of the mock', async () => {
    const mock = await createMockServer().listen();
    expect(mock.address).toBe('127.0.0.1');
    await mock.close();
  });
});
