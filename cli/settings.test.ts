import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { explainError } from './explain-error.ts';
import { buildProgram } from './program.ts';
import { Setting } from './setting.ts';

const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-settings-'));
afterAll(() => rmSync(dir, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly err: string;
  /** The options that the command would run with; null if it would not run. */
  readonly options: Readonly<Record<string, unknown>> | null;
}

// Commander resets its state before each parse, so all tests share one program.
const variables: Record<string, string> = {};
let printed = '';
let reached: Outcome['options'] = null;
const stream = new Writable({
  write(chunk, _encoding, done) {
    printed += String(chunk);
    done();
  },
});
const program = buildProgram({ env: variables, stdout: stream, stderr: stream, end: () => undefined });
const commands = commandsOf(program);
for (const { command } of commands) {
  command.action(() => {
    reached = command.optsWithGlobals();
  });
}

/** Parses a command line up to the point where its command would run. */
async function read(argv: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  for (const name of Object.keys(variables)) delete variables[name];
  Object.assign(variables, env);
  printed = '';
  reached = null;
  try {
    await program.parseAsync(['node', 'stuntdouble', ...argv]);
    return { code: 0, err: printed, options: reached };
  } catch (error) {
    const { text, code } = explainError(error);
    return { code, err: printed + text, options: reached };
  }
}

interface Placed {
  readonly words: readonly string[];
  readonly command: Command;
}

/** Every executable command with its words. */
function commandsOf(command: Command, words: readonly string[] = []): Placed[] {
  const below = command.commands.flatMap((one) => commandsOf(one, [...words, one.name()]));
  // "verify" without a subcommand prints its help.
  return words.length === 0 || words.join(' ') === 'verify' ? below : [{ words, command }, ...below];
}

interface Row {
  readonly name: string;
  readonly setting: Setting;
  /** The command and its required arguments. */
  readonly line: readonly string[];
  readonly hasConfig: boolean;
}

const rows: readonly Row[] = commands.flatMap(({ words, command }) => {
  const line = [...words, ...command.registeredArguments.filter(({ required }) => required).map(() => 'x')];
  const settings = command.options.filter((option) => option instanceof Setting);
  const hasConfig = settings.some((setting) => setting.name() === 'config');
  return settings.map((setting) => ({
    name: `${words.join(' ')} ${setting.flag}`,
    setting,
    line,
    hasConfig,
  }));
});
const valued = rows.filter(({ setting }) => setting.required || setting.optional);
const switches = rows.filter(({ setting }) => setting.isSwitch);
const configured = rows.filter(({ hasConfig, setting }) => hasConfig && setting.name() !== 'config');

let files = 0;
function config(text: string): string {
  files += 1;
  const path = join(dir, `${files}.yaml`);
  writeFileSync(path, text);
  return path;
}

const inFile = ({ setting }: Row, value: unknown): string[] => [
  '--config',
  config(JSON.stringify({ [setting.attributeName()]: value })),
];

function expectUsageError({ code, err, options }: Outcome, ...named: readonly string[]): void {
  expect([code, options]).toEqual([64, null]);
  expect(err).toMatch(/^error\[[A-Z_]+\]: /);
  expect(err).not.toMatch(/\n\s+at /);
  for (const name of named) expect(err).toContain(name);
}

it('covers every command', () => {
  expect(commands.map(({ words }) => words.join(' '))).toEqual([
    'start',
    'demo',
    'trigger',
    'run',
    'verify receiver',
    'verify client',
    'verify payload',
    'cases',
    'packs',
    'packs check',
    'scenarios',
    'events',
    'mcp',
    'init',
    'doctor',
    'completion',
  ]);
  expect(commands.flatMap(({ command }) => command.options).every((one) => one instanceof Setting)).toBe(
    true,
  );
});

describe('an empty setting is rejected', () => {
  describe.each(['', ' \t'])('given as %j', (blank) => {
    it.each(valued)('$name: as a flag', async ({ setting, line }) => {
      expectUsageError(await read([...line, setting.flag, blank]), setting.flag);
    });
    it.each(rows)('$name: in the environment', async ({ setting, line }) => {
      expectUsageError(await read(line, { [setting.variable]: blank }), setting.variable, setting.flag);
    });
    it.each(configured)('$name: in a configuration file', async (row) => {
      expectUsageError(await read([...row.line, ...inFile(row, blank)]), row.setting.attributeName(), dir);
    });
  });
  it.each(configured)('$name: null, a list or an object in a configuration file', async (row) => {
    for (const value of [null, [], {}, [{}], [null], ['']]) {
      expectUsageError(await read([...row.line, ...inFile(row, value)]), row.setting.attributeName(), dir);
    }
  });
  it.each(valued.filter(({ setting }) => setting.isList))('$name: one entry of a list', async (row) => {
    const { setting, line } = row;
    const separator = ['--env', '--header'].includes(setting.flag) ? '\n' : ',';
    const text = ['a', '', 'b'].join(separator);
    expectUsageError(await read(line, { [setting.variable]: text }), setting.variable);
    if (separator === ',') expectUsageError(await read([...line, setting.flag, text]), setting.flag);
  });
});

/** A valid value for each option that does not accept any text, by its flag. */
const SAMPLES: Readonly<Record<string, string>> = {
  '--clock': 'virtual',
  '--speed': '30x',
  '--time-scale': '2.5',
  '--ack-timeout': '2s',
  '--retries': '3',
  '--retry-gaps': '1s,2m',
  '--ack-status': '2xx',
  '--concurrency': '2',
  '--queue': '4',
  '--rate-limit': '20/10s',
  '--keep': '100',
  '--keep-bytes': '64mb',
  '--durability': 'relaxed',
  '--snapshot-after': '16mb',
  '--snapshot-every': '10m',
  '--grace': '1s',
  '--public-url': 'http://example.test:1',
  '--to': 'http://127.0.0.1:9/',
  '--mount': 'luma=/luma,runway=/r',
  '--only': 'luma,runway',
  '--pack': 'a,b',
  '--port': '0',
  '--api-port': '4011',
  '--jobs': '2',
  '--status': '404',
  '--linger': '0s',
  '--settle': '1s',
  '--fast-ack': '1s',
  '--download-within': '1m',
  '--poll-within': '1m',
  '--time-limit': '10s',
  '--give-up-within': '1m',
  '--header': 'X-Gateway: a, b',
  '--env': 'NAME=a,b',
  '--url': 'http://127.0.0.1:4010',
  '--console': '4020',
};

describe('every option has the same value as a flag, as a variable and in a file', () => {
  it.each(valued.filter(({ setting }) => setting.name() !== 'config'))('$name', async (row) => {
    const { setting, line, hasConfig } = row;
    const sample = SAMPLES[setting.flag] ?? 'a text';
    const name = setting.attributeName();
    const byFlag = (await read([...line, setting.flag, sample])).options?.[name];
    const byVariable = (await read(line, { [setting.variable]: sample })).options?.[name];
    expect(byFlag).toBeDefined();
    expect(byVariable).toEqual(byFlag);
    if (hasConfig) expect((await read([...line, ...inFile(row, sample)])).options?.[name]).toEqual(byFlag);
  });

  it.each(switches)('$name, on and off', async (row) => {
    const { setting, line, hasConfig } = row;
    const name = setting.attributeName();
    const on = (await read([...line, setting.flag])).options?.[name];
    expect(on).toBe(!setting.negate);
    for (const [word, isOn] of Object.entries({
      true: true,
      YES: true,
      1: true,
      on: true,
      0: false,
      No: false,
      off: false,
      false: false,
    })) {
      const { options } = await read(line, { [setting.variable]: word });
      expect(options?.[name]).toBe(isOn ? on : !on);
    }
    expectUsageError(await read(line, { [setting.variable]: 'perhaps' }), setting.variable, 'true or false');
    if (!hasConfig) return;
    for (const value of [true, false]) {
      expect((await read([...line, ...inFile(row, value)])).options?.[name]).toBe(value);
    }
    expectUsageError(await read([...line, ...inFile(row, 'perhaps')]), name, 'true or false');
  });
});

const NASTY = [
  '\u0000',
  '\n',
  '-1',
  '1e999',
  'NaN',
  'Infinity',
  '../..',
  '💥',
  '%',
  '"',
  '{}',
  '[]',
  'null',
  '*',
  'http://',
  ':',
  '=',
  ',',
  '0x10',
  '١٢',
  '9'.repeat(40),
  'x'.repeat(10_000),
  '99999999999999d',
  '\u001b[31m',
  '__proto__',
  '[::',
];

describe('every invalid value is reported as an error with a code', () => {
  it.each(valued)('$name', async ({ setting, line }) => {
    for (const text of NASTY) {
      // With a space instead of "=", text that begins with a dash would be parsed as an option.
      const byFlag = await read([...line, `${setting.flag}=${text}`]);
      const byVariable = await read(line, { [setting.variable]: text });
      for (const outcome of [byFlag, byVariable]) {
        if (outcome.options === null) expectUsageError(outcome);
        else expect([outcome.code, outcome.err]).toEqual([0, '']);
      }
    }
  });
});

describe('variables and keys that are not options of the command', () => {
  it('are rejected with a suggestion if they are misspelled variables', async () => {
    for (const [wrong, right] of [
      ['STUNTDOUBLE_PROT', 'STUNTDOUBLE_PORT'],
      ['STUNTDOUBLE_HOSTS', 'STUNTDOUBLE_HOST'],
      ['STUNTDOUBLE_ACK_TIMOUT', 'STUNTDOUBLE_ACK_TIMEOUT'],
      ['STUNTDOUBLE_API_KEYS', 'STUNTDOUBLE_API_KEY'],
    ] as const) {
      expectUsageError(await read(['start'], { [wrong]: '1' }), wrong, `Did you mean ${right}?`);
    }
  });

  it('cause a warning if they are other unknown variables, which may belong to another program', async () => {
    const { code, err, options } = await read(['start'], {
      STUNTDOUBLE_PLACE: 'http://x',
      STUNTDOUBLE_THING: '',
    });
    expect([code, options === null]).toEqual([0, false]);
    expect(err).toBe(
      'warning: ignoring the unknown environment variable STUNTDOUBLE_PLACE\nwarning: ignoring the unknown environment variable STUNTDOUBLE_THING\n',
    );
  });

  it('are ignored if they are options of other commands, in the environment and in a file', async () => {
    const path = config('port: 4010\nscenario: fail.nsfw\n');
    const { code, err } = await read(['packs', '--config', path], { STUNTDOUBLE_PORT: '1' });
    expect([code, err]).toEqual([0, '']);
  });

  it('are rejected if they are unknown keys of a file, or the key of another file', async () => {
    expectUsageError(await read(['start', '--config', config('sped: 20x')]), 'Did you mean seed or speed?');
    expectUsageError(await read(['start', '--config', config('config: b.yaml')]), '"config"');
  });
});

it.each([
  ['packs', ['--json', '--pack', '--profile', '--config']],
  ['scenarios', ['--json', '--pack', '--profile', '--config']],
  ['events', ['--json', '--pack', '--profile', '--config']],
  ['cases', ['--json', '--pack', '--profile', '--config']],
  ['packs check', ['--json']],
])('%s has only options that apply to it', (name, flags) => {
  const found = rows.filter((row) => row.name.startsWith(`${name} --`)).map(({ setting }) => setting.flag);
  expect(found).toEqual(flags);
});
