import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../docs/generate/root.ts';
import { configText } from './init.ts';
import { buildProgram } from './program.ts';
import { Setting } from './setting.ts';
import { runInProcess } from './testing/run-in-process.ts';

const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-init-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const stream = new PassThrough();
const program = buildProgram({ env: {}, stdout: stream, stderr: stream, end: () => undefined });
const start = program.commands.find((command) => command.name() === 'start') ?? program;
const accepts = new Ajv({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(ROOT, 'spec/config.schema.json'), 'utf8')),
);

/** The examples, as if every # in front of one had been removed. */
const uncommented = configText(start, 'x')
  .split('\n')
  .filter((line) => /^# [a-zA-Z]+: /.test(line) && !line.startsWith('# yaml-'))
  .map((line) => line.slice(2));

describe('stuntdouble init', () => {
  it('writes a valid file that refers to its schema', async () => {
    const file = join(dir, 'new.yaml');
    const { code, out } = await runInProcess(['init', file]);
    expect(code).toBe(0);
    expect(out).toContain(`to use it: --config ${file}`);
    const [first = ''] = readFileSync(file, 'utf8').split('\n');
    const [, schema = ''] = /\$schema=(.*)$/.exec(first) ?? [];
    expect(existsSync(schema.startsWith('file:') ? new URL(schema) : join(process.cwd(), schema))).toBe(true);
    const listed = await runInProcess(['packs', '--config', file]);
    expect(listed.code).toBe(0);
  });

  it('keeps an existing file unless --force is given', async () => {
    const file = join(dir, 'twice.yaml');
    expect((await runInProcess(['init', file])).code).toBe(0);
    const again = await runInProcess(['init', file]);
    expect(again).toMatchObject({ code: 64, err: expect.stringContaining('--force') });
    expect((await runInProcess(['init', file, '--force'])).code).toBe(0);
  });

  it('has an example of every option of start, which the schema and the program accept', () => {
    const own = start.options.filter(
      (one): one is Setting => one instanceof Setting && one.name() !== 'config',
    );
    expect(uncommented).toHaveLength(own.length);
    for (const line of uncommented) {
      const config = parse(line) as Record<string, unknown>;
      const [[key, value] = []] = Object.entries(config);
      expect(accepts(config), `${line}: ${JSON.stringify(accepts.errors)}`).toBe(true);
      const setting = own.find((one) => one.attributeName() === key);
      expect(() => setting?.fromConfig(value, 'file.yaml'), line).not.toThrow();
      expect(setting, line).toBeDefined();
    }
  });
});

describe('the schema of configuration files', () => {
  it.each([
    [{ prot: 4010 }],
    [{ port: 'x' }],
    [{ port: 70_000 }],
    [{ clock: 'fast' }],
    [{ quiet: 'loud' }],
    [{ pack: [] }],
    [{ config: 'other.yaml' }],
  ])('refuses %j, as the program does', async (config) => {
    expect(accepts(config)).toBe(false);
  });

  it.each([
    [{ ackStatus: 200 }],
    [{ ackStatus: '2xx' }],
    [{ tls: true }],
    [{ watch: false }],
    [{ pack: './a' }],
  ])('accepts %j', (config) => {
    expect(accepts(config)).toBe(true);
  });
});

describe('the command alone', () => {
  it('prints what to try, with commands and options that exist', async () => {
    const { code, out } = await runInProcess([]);
    expect(code).toBe(0);
    const lines = [...out.matchAll(/^ {2}node stuntdouble (.*?) {2,}/gm)].map(([, line = '']) =>
      line.split(' '),
    );
    expect(lines.length).toBeGreaterThan(5);
    for (const [name = '', ...rest] of lines) {
      const command = program.commands.find((one) => one.name() === name);
      const below = command?.commands.find((one) => one.name() === rest[0]) ?? command;
      const end = rest.indexOf('--');
      const flags = rest.slice(0, end < 0 ? rest.length : end).filter((word) => word.startsWith('--'));
      for (const flag of flags)
        expect(
          below?.options.map(({ long }) => long),
          name,
        ).toContain(flag);
      expect(below, name).toBeDefined();
    }
  });
});
