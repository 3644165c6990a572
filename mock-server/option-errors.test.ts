import { describe, expect, it } from 'vitest';
import { CodedError, createMockServer, type MockServerOptions } from './index.ts';

/** What somebody who writes JavaScript, or reads an option from somewhere, may pass. */
const NASTY: readonly unknown[] = [
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

/** Functions of the user's own are not read, and a folder would be created. */
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

/** Undefined when the mock can be made. */
function errorOf(options: object): unknown {
  try {
    void createMockServer(options as MockServerOptions).close();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('an option of the library', () => {
  it.each(OPTIONS)('%s is used or refused with a code, whatever it is', (name) => {
    for (const value of NASTY) {
      const error = errorOf({ [name]: value });
      if (error !== undefined) expect(error).toBeInstanceOf(CodedError);
    }
  });

  it.each(OPTIONS)('%s is not empty', (name) => {
    for (const value of ['', ' ']) {
      expect(errorOf({ [name]: value })).toMatchObject({ code: expect.stringMatching(/OPTION_INVALID/) });
    }
  });

  it.each(['packs', 'apiKeys', 'allowCallback', 'retryGaps'] as const)('%s has no empty entry', (name) => {
    expect(errorOf({ [name]: ['a.example', ''] })).toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('apiKeys has at least one key, because no key at all would refuse everybody', () => {
    expect(errorOf({ apiKeys: [] })).toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('data is not empty', () => {
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
  ])('refuses %j with a code', async (options) => {
    const mock = createMockServer();
    await expect(mock.listen(options)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await mock.close();
  });

  it('says which address it listens on', async () => {
    const mock = await createMockServer().listen();
    expect(mock.address).toBe('127.0.0.1');
    await mock.close();
  });
});
