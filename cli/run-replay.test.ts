import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { RunFlags } from './run-flags.ts';
import { replayOf } from './run-replay.ts';
import { addServerOptions, type ServerFlags } from './server-options.ts';
import { Setting } from './setting.ts';

/** A value for every option of a mock. A new option fails the type check until it has a value here. */
const EVERY: Required<Omit<ServerFlags, 'config'>> = {
  pack: ['packs/one', 'my packs/two'],
  cors: ['http://localhost:5173'],
  profile: 'observed',
  only: ['kie', 'runway'],
  mount: [['luma', '/luma']],
  scenario: 'fail.nsfw+callback.duplicate',
  seed: "it's 7",
  clock: 'virtual',
  speed: 5,
  ackTimeout: '2s',
  retries: 2,
  retryGaps: ['30s', '60s'],
  ackStatus: '2xx',
  secret: 'secret-of-webhooks',
  apiKey: ['key-one', 'key-two'],
  allowCallback: ['app.test', '*.example'],
  concurrency: 3,
  rateLimit: '20/10s',
  queue: 4,
  keep: 100,
  keepBytes: '256mb',
  data: 'data',
  durability: 'relaxed',
  snapshotAfter: '64mb',
  snapshotEvery: '1h',
  grace: '5s',
  publicUrl: 'http://mock.test',
};

const FLAGS: RunFlags = {
  server: {},
  port: 0,
  env: [],
  verify: true,
  timeScale: 1,
  suite: {},
  allowUnused: false,
  quiet: false,
};

/** Parses the options before the command, as a shell and the program do. */
function parse(line: string): ServerFlags {
  const [options = ''] = line.replace('stuntdouble run --verify', '').split(' -- ');
  const words = options.match(/(?:'[^']*'|\\'|"[^"]*"|[^\s'"\\])+/g) ?? [];
  const plain = words.map((word) =>
    word.replaceAll(/'([^']*)'|\\(')|"([^"]*)"/g, (_all, a, b, c) => a ?? b ?? c),
  );
  const command = new Command('run').exitOverride();
  addServerOptions(command, { choosesClock: true });
  command.parse(plain, { from: 'user' });
  return command.opts();
}

describe('the command line that repeats a run', () => {
  it('has every option of the mock, and names variables instead of secrets', () => {
    const line = replayOf(['npm', 'test'], { ...FLAGS, server: EVERY });
    expect(parse(line)).toEqual({
      ...EVERY,
      apiKey: ['$STUNTDOUBLE_API_KEY'],
      secret: '$STUNTDOUBLE_SECRET',
    });
    expect(line).not.toMatch(/key-one|key-two|secret-of-webhooks/);
  });

  it('names variables that the program reads', () => {
    const command = new Command('run');
    addServerOptions(command, { choosesClock: true });
    const variables = command.options.map((option) => (option instanceof Setting ? option.variable : ''));
    const line = replayOf(['npm', 'test'], { ...FLAGS, server: EVERY });
    const named = [...line.matchAll(/"\$(\w+)"/g)].map(([, name]) => name);
    expect(named).toHaveLength(2);
    expect(variables).toEqual(expect.arrayContaining(named));
  });

  it('has the options of the run itself, and the quoted command', () => {
    const flags = {
      ...FLAGS,
      port: 4010,
      env: ['A={url}', 'B=a b'],
      timeScale: 30,
      allowUnused: true,
    };
    expect(replayOf(['npm', 'test', 'a b'], flags)).toBe(
      "stuntdouble run --verify --allow-unused --port 4010 --time-scale 30 --env A={url} --env 'B=a b' -- npm test 'a b'",
    );
  });

  it('has no option that was not set', () => {
    expect(replayOf(['npm', 'test'], { ...FLAGS, server: { config: 'a.yaml' } })).toBe(
      'stuntdouble run --verify -- npm test',
    );
  });
});
