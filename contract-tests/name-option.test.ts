import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asFlag, asOption } from './name-option.ts';

describe('the name of an option', () => {
  it.each([
    ['ackTimeout', '--ack-timeout', '"ackTimeout"'],
    ['packs', '--pack', '"packs"'],
    ['headers', '--header', '"headers"'],
    ['restart', '--restart-cmd', '"restart"'],
  ] as const)('of %s is %s on the command line and %s in a program', (option, flag, name) => {
    expect(asFlag(option)).toBe(flag);
    expect(asOption(option)).toBe(name);
  });

  it('has an example value on the command line only', () => {
    expect(asFlag('secret', 'KEY')).toBe('--secret KEY');
    expect(asOption('secret', 'KEY')).toBe('"secret"');
  });
});

describe('the texts of the judges', () => {
  const FLAG = /['"`( ]--[a-z]/;
  // The command that runs a case again is a command for programs as well.
  const COMMANDS = /replay-line\.ts$/;
  const files = ['receiver', 'client']
    .flatMap((folder) =>
      readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !COMMANDS.test(file));

  it('do not contain flags, because a program sets options', () => {
    expect(files.length).toBeGreaterThan(100);
    const found = files.flatMap((file) => {
      const lines = readFileSync(join(import.meta.dirname, file), 'utf8').split('\n');
      return lines
        .filter((line) => FLAG.test(line) && !/^\s*(\/?\*|\/\/)/.test(line))
        .map((line) => `${file}: ${line}`);
    });
    expect(found).toEqual([]);
  });
});
