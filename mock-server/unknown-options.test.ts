import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer } from './index.ts';
import { MOCK_SERVER_OPTIONS, stagingOf } from './internal.ts';

/** The options as JavaScript code could pass them. */
// biome-ignore lint/suspicious/noExplicitAny: the compiler would reject these options.
type Untyped = any;

let mock: MockServer;
beforeAll(async () => {
  mock = await createMockServer({ clock: 'virtual' }).listen();
});
afterAll(() => mock.close());

const TO = 'http://127.0.0.1:9/';

/** Each call with options: a misspelled option, and the remedy. */
const CALLS: readonly (readonly [
  name: string,
  call: (options: Untyped) => unknown,
  wrong: object,
  remedy: RegExp,
])[] = [
  [
    'createMockServer()',
    (options) => createMockServer(options),
    { clok: 'virtual' },
    /^Did you mean clock or cors\?$/,
  ],
  ['createMockServer()', (options) => createMockServer(options), { port: 1 }, /^Pass it to listen\(\)\.$/],
  ['listen()', (options) => createMockServer().listen(options), { prot: 1 }, /^Did you mean port/],
  [
    'tasks.trigger()',
    (own) => mock.tasks.trigger('runway.generate', own),
    { to: TO, apikey: 'k' },
    /^Did you mean apiKey\?$/,
  ],
  [
    'tasks.trigger()',
    (own) => mock.tasks.trigger('runway.generate', own),
    { too: TO },
    /^Did you mean to\?$/,
  ],
  [
    'stage()',
    (own) => stagingOf(mock).stage('runway.generate', own),
    { to: TO, runing: true },
    /^Did you mean running/,
  ],
  [
    'scenarios.enqueue()',
    (own) => mock.scenarios.enqueue('fail.nsfw', own),
    { apikey: 'k' },
    /^Did you mean apiKey\?$/,
  ],
  ['journal.entries()', (own) => mock.journal.entries(own), { taskid: 'x' }, /^Did you mean taskId\?$/],
  ['quiet()', (own) => mock.quiet(own), { timeOut: '1s' }, /^Did you mean timeout\?$/],
];

describe('an unknown option', () => {
  it.each(CALLS)('of %s is rejected: %s', async (name, call, wrong, remedy) => {
    const own = Object.keys(wrong).at(-1);
    await expect((async () => call(wrong))()).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: `unknown option "${own}" of ${name}`,
      remedy: expect.stringMatching(remedy),
    });
  });

  it('is not one of the options of a mock', async () => {
    const options = Object.fromEntries(Object.keys(MOCK_SERVER_OPTIONS).map((name) => [name, undefined]));
    await createMockServer(options).close();
  });
});

describe('a required or invalid option', () => {
  it.each([{}, { to: undefined }, { to: ' ' }, { to: 5 }])(
    'is rejected by tasks.trigger() and stage(): %j',
    async (own) => {
      const options = own as Untyped;
      const error = {
        code: 'OPTION_INVALID',
        message: expect.stringMatching(/^to must be a non-empty string/),
      };
      await expect(mock.tasks.trigger('runway.generate', options)).rejects.toMatchObject(error);
      await expect(stagingOf(mock).stage('runway.generate', options)).rejects.toMatchObject(error);
    },
  );

  it.each([0, -1, 0.5, Number.NaN, '2'])('is rejected by scenarios.enqueue(): times %j', (times) => {
    const options = { times } as Untyped;
    expect(() => mock.scenarios.enqueue('fail.nsfw', options)).toThrow(
      /times must be a whole number of at least 1/,
    );
  });
});

describe('a scenario that has no effect on callbacks', () => {
  it.each([
    'submit.429',
    'poll.429*',
    'poll.not-visible',
    'state.long',
    'state.unknown',
    'fail.nsfw+submit.slow',
  ])('%s is rejected by tasks.trigger()', async (scenario) => {
    await expect(mock.tasks.trigger('runway.generate', { to: TO, scenario })).rejects.toMatchObject({
      code: 'NO_CALLBACK',
      message: expect.stringContaining(`"${scenario.split('+').at(-1)}" has no effect on callbacks`),
    });
  });

  it('is allowed if it is only the default of the mock', async () => {
    const own = await createMockServer({ clock: 'virtual', scenario: 'poll.429' }).listen();
    expect((await own.tasks.trigger('runway.generate', { to: `${own.url}/__sink` })).deliveries).toHaveLength(
      1,
    );
    await own.close();
  });

  it('is accepted by a vendor that announces states in progress', async () => {
    const task = await mock.tasks.trigger('dream-machine.generation', {
      to: `${mock.url}/__sink`,
      scenario: 'state.back-and-forth',
    });
    expect(task.deliveries.length).toBeGreaterThan(1);
  });
});

describe('a mock that could not be created', () => {
  it('does not keep its folder locked', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-locked-'));
    for (const wrong of [{ scenario: 'fail.nswf' }, { allowCallback: ['*'] }, { clok: 'real' }]) {
      expect(() => createMockServer({ data: dir, ...wrong })).toThrow();
      // The file is closed asynchronously.
      await new Promise((resolve) => setImmediate(resolve));
      await createMockServer({ data: dir }).close();
    }
    rmSync(dir, { recursive: true });
  });
});
