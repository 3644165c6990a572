import { describe, expect, it } from 'vitest';
import { endingOf, sayEnding, tellingLineOf } from './ending.ts';

const CRASH = `file:///app/client.js:4
  throw new TypeError('boom')
        ^

TypeError: boom
    at poll (file:///app/client.js:4:9)
    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)

Node.js v24.1.0
`;

describe('the end of a run', () => {
  it.each([
    ['command', 1, 'exited with code 1'],
    ['function', 1, 'threw an error'],
    ['function', 0, 'returned'],
    ['command', null, 'was stopped'],
  ] as const)('of a %s with code %s is described as "%s"', (client, exitCode, words) => {
    expect(endingOf({ client, exitCode })).toBe(words);
  });

  it.each([
    ['of Node', CRASH, 'TypeError: boom'],
    [
      'of Python',
      'Traceback (most recent call last):\n  File "a.py"\nKeyError: \'data\'\n',
      "KeyError: 'data'",
    ],
    ['that is not an error', 'submitted\nno video\n', 'no video'],
    ['without text', '\n', null],
  ])('is explained by the line of an output %s', (_what, output, line) => {
    expect(tellingLineOf({ output })).toBe(line);
  });

  it('contains the ending and the line', () => {
    expect(sayEnding({ client: 'command', exitCode: 1, output: CRASH })).toBe(
      'exited with code 1 (output: "TypeError: boom")',
    );
    expect(sayEnding({ client: 'function', exitCode: 0, output: '' })).toBe('returned');
  });
});
