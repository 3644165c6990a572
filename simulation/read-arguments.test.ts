import { expect, it } from 'vitest';
import { HELP, readArguments } from './read-arguments.ts';

it('has defaults, which the help names', () => {
  const { lives, seed } = readArguments([]);
  expect(HELP).toContain(`(default: ${lives})`);
  expect(HELP).toContain(`(default: ${seed})`);
});

it('refuses numbers that are not usable, and unknown options', () => {
  expect(readArguments(['--lives', '7', '--seed', '3'])).toMatchObject({ lives: 7, seed: 3, bug: null });
  expect(() => readArguments(['--lives', '0'])).toThrow('--lives must be a whole number above 0, got "0"');
  expect(() => readArguments(['--tasks', '7'])).toThrow('--tasks');
});
