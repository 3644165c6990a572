import { describe, expect, it } from 'vitest';
import { refuseUnknownOptions } from './refuse-unknown-options.ts';

const NAMES = { clock: true, seed: true, speed: true } as const;

function refuse(options: unknown): void {
  refuseUnknownOptions('createMock()', options, NAMES, { port: 'listen()' });
}

describe('refuseUnknownOptions', () => {
  it('accepts options of the table, set or undefined', () => {
    expect(() => refuse({})).not.toThrow();
    expect(() => refuse({ clock: 'real', seed: undefined })).not.toThrow();
  });

  it.each([
    [{ clok: 1 }, 'unknown option "clok" of createMock()', /^Did you mean clock\?$/],
    [{ clok: undefined }, 'unknown option "clok" of createMock()', /clock/],
    [{ seed: 1, port: 1 }, 'unknown option "port" of createMock()', /^Pass it to listen\(\)\.$/],
    [
      { acknowledgement: 1 },
      'unknown option "acknowledgement" of createMock()',
      /^Use one of: clock, seed, speed\.$/,
    ],
    [{ constructor: 1 }, 'unknown option "constructor" of createMock()', /^Use one of: /],
    [JSON.parse('{"__proto__": 1}'), 'unknown option "__proto__" of createMock()', /./],
    [null, 'the options of createMock() must be an object', /^$/],
    ['clock', 'the options of createMock() must be an object', /^$/],
    [[], 'the options of createMock() must be an object', /^$/],
  ])('rejects %j', (options, message, remedy) => {
    expect(() => refuse(options)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message, remedy: expect.stringMatching(remedy) }),
    );
  });
});
