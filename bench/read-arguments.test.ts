import { describe, expect, it } from 'vitest';
import { readArguments, UsageError } from './read-arguments.ts';

const read = (...argv: string[]) => readArguments(argv, ['polling', 'tasks']);

describe('the arguments', () => {
  it('select everything by default', () => {
    expect(read()).toEqual({ type: 'measure', only: [], rounds: null, quick: false, json: false });
  });

  it('select measures, rounds, and output', () => {
    expect(read('--only', 'tasks', '--rounds', '3', '--quick', '--json')).toEqual({
      type: 'measure',
      only: ['tasks'],
      rounds: 3,
      quick: true,
      json: true,
    });
  });

  it.each([
    [['--only', 'polling', '--only', 'tasks']],
    [['--only', 'polling,tasks']],
    [['--only=polling,tasks']],
  ])('accept several measures: %j', (argv) => {
    expect(read(...argv)).toMatchObject({ only: ['polling', 'tasks'] });
  });

  it.each([
    ['--list', 'list'],
    ['--profile', 'profile'],
    ['--help', 'help'],
    ['-h', 'help'],
  ])('%s selects another action', (flag, type) => {
    expect(read(flag)).toEqual({ type });
  });

  it.each([
    [['--only', 'poling'], 'unknown measure "poling"; known measures: polling, tasks'],
    [['--rounds', '0'], '--rounds must be a whole number from 1 to 9999, got "0"'],
    [['--rounds', 'many'], 'got "many"'],
    [['--fast'], "'--fast'"],
    [['polling'], "'polling'"],
  ])('rejects %j with the reason', (argv, message) => {
    expect(() => read(...argv)).toThrow(UsageError);
    expect(() => read(...argv)).toThrow(message);
  });
});
