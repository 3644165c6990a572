import { describe, expect, it } from 'vitest';
import { readArguments, UsageError } from './read-arguments.ts';

const read = (...argv: string[]) => readArguments(argv, ['polling', 'tasks']);

describe('the arguments', () => {
  it('ask for everything when there are none', () => {
    expect(read()).toEqual({ type: 'measure', only: [], rounds: null, quick: false, json: false });
  });

  it('choose measures, rounds and form', () => {
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
  ])('take several measures: %j', (argv) => {
    expect(read(...argv)).toMatchObject({ only: ['polling', 'tasks'] });
  });

  it.each([
    ['--list', 'list'],
    ['--profile', 'profile'],
    ['--help', 'help'],
    ['-h', 'help'],
  ])('%s asks for something else', (flag, type) => {
    expect(read(flag)).toEqual({ type });
  });

  it.each([
    [['--only', 'poling'], 'there is no measure "poling"; there are polling, tasks'],
    [['--rounds', '0'], '--rounds takes a whole number from 1 to 9999, got "0"'],
    [['--rounds', 'many'], 'got "many"'],
    [['--fast'], "'--fast'"],
    [['polling'], "'polling'"],
  ])('%j is refused with what is wrong', (argv, message) => {
    expect(() => read(...argv)).toThrow(UsageError);
    expect(() => read(...argv)).toThrow(message);
  });
});
