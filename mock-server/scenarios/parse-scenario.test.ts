import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { CodedError } from '../core/coded-error.ts';
import { SUCCESS } from '../core/success.ts';
import type { Scenario } from '../core/types.ts';
import { loadPack } from '../packs/load-pack.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { listScenarios } from './catalog.ts';
import { createScenarioParser, parseScenario, unknownScenario } from './parse-scenario.ts';

const RUNWAY = loadPack(join(PACKAGE_ROOT, 'spec/runway'));
const NAMES = listScenarios([RUNWAY]).map(({ name }) => name);

const parse = (name: string): Scenario => parseScenario(name, RUNWAY);

/** The error for a name. */
function refusalOf(name: string): Pick<CodedError, 'code' | 'message' | 'remedy'> {
  try {
    parse(name);
  } catch (error) {
    if (error instanceof CodedError) {
      const { code, message, remedy } = error;
      return { code, message, remedy };
    }
    throw error;
  }
  throw new Error(`"${name}" parses`);
}

const PARSED: readonly (readonly [name: string, change: Partial<Scenario>])[] = [
  ['success', {}],
  ['fail.nsfw', { failure: 'nsfw' }],
  ['fail.moderator-reenter', { failure: 'moderator-reenter' }],
  ['submit.422', { submit: { type: 'code', code: '422' } }],
  ['submit.503', { submit: { type: 'code', code: '503' } }],
  ['submit.reset', { submit: { type: 'reset' } }],
  ['submit.slow', { submit: { type: 'slow' } }],
  ['poll.404', { polls: [{ type: 'code', code: '404', times: 1 }] }],
  ['poll.502*3', { polls: [{ type: 'code', code: '502', times: 3 }] }],
  ['poll.404*', { polls: [{ type: 'code', code: '404', times: null }] }],
  ['poll.reset', { polls: [{ type: 'reset', times: 1 }] }],
  ['poll.reset*2', { polls: [{ type: 'reset', times: 2 }] }],
  ['poll.reset*', { polls: [{ type: 'reset', times: null }] }],
  ['poll.truncated', { polls: [{ type: 'truncated', times: 1 }] }],
  ['poll.truncated*9999', { polls: [{ type: 'truncated', times: 9999 }] }],
  ['poll.not-visible', { hidden: true }],
  ['callback.never', { callback: 'never' }],
  ['callback.late', { callback: 'late' }],
  ['callback.duplicate', { callback: 'duplicate' }],
  ['callback.concurrent-duplicate', { callback: 'concurrent-duplicate' }],
  ['callback.before-response', { callback: 'before-response' }],
  ['callback.lost-ack', { callback: 'lost-ack' }],
  ['callback.malformed', { callback: 'malformed' }],
  ['callback.truncated', { callback: 'truncated' }],
  ['callback.forged', { callback: 'forged' }],
  ['media.dribble', { media: 'dribble' }],
  ['media.hang', { media: 'hang' }],
  ['media.503', { media: '503' }],
  ['media.truncated', { media: 'truncated' }],
  ['media.expired', { media: 'expired' }],
  ['fail.nsfw+callback.duplicate', { failure: 'nsfw', callback: 'duplicate' }],
  [
    'callback.forged+media.503+submit.slow+fail.internal',
    { callback: 'forged', media: '503', submit: { type: 'slow' }, failure: 'internal' },
  ],
  [
    'poll.reset+poll.502*3+poll.truncated',
    {
      polls: [
        { type: 'reset', times: 1 },
        { type: 'code', code: '502', times: 3 },
        { type: 'truncated', times: 1 },
      ],
    },
  ],
  ['poll.not-visible+poll.500', { hidden: true, polls: [{ type: 'code', code: '500', times: 1 }] }],
  ['success+callback.late', { callback: 'late' }],
  ['callback.late+success', { callback: 'late' }],
  [' fail.nsfw  + callback.late ', { failure: 'nsfw', callback: 'late' }],
];

describe('the name of a scenario', () => {
  it.each(PARSED)('is parsed: %s', (name, change) => {
    expect(parse(name)).toStrictEqual({ ...SUCCESS, ...change, name });
  });

  it('is parsed for every listed name', () => {
    const tried = new Set(PARSED.map(([name]) => name));
    for (const name of NAMES.filter((listed) => !tried.has(listed))) expect(parse(name)).not.toEqual(SUCCESS);
  });

  it('means the same in any order of its parts', () => {
    const families = ['fail.', 'submit.', 'callback.', 'media.'];
    const someName = families.map((prefix) =>
      fc.constantFrom(...NAMES.filter((name) => name.startsWith(prefix))),
    );
    fc.assert(
      fc.property(fc.tuple(...someName), fc.nat(3), (names, turn) => {
        const turned = [...names.slice(turn), ...names.slice(0, turn)];
        expect({ ...parse(turned.join('+')), name: '' }).toStrictEqual({
          ...parse(names.join('+')),
          name: '',
        });
      }),
    );
  });

  it('gives frozen data and does not modify the shared default', () => {
    const before = structuredClone(SUCCESS);
    expect(Object.isFrozen(parse('fail.nsfw+poll.reset'))).toBe(true);
    expect(SUCCESS).toStrictEqual(before);
  });
});

describe('a scenario with two parts that exclude each other', () => {
  it.each([
    ['fail.nsfw+fail.internal', 'fail.internal'],
    ['fail.nsfw+fail.nsfw', 'fail.nsfw'],
    ['submit.422+callback.late+submit.reset', 'submit.reset'],
    ['callback.never+callback.duplicate', 'callback.duplicate'],
    ['media.hang+media.503', 'media.503'],
  ])('is rejected and names the second part: %s', (name, second) => {
    expect(refusalOf(name)).toStrictEqual({
      code: 'SCENARIO_UNKNOWN',
      message: `"${name}" combines scenarios that exclude each other; "${second}" is the second of its kind`,
      remedy:
        'Combine at most one fail, submit, state, callback and media scenario each; any number of poll scenarios is allowed.',
    });
  });
});

describe('an unknown scenario', () => {
  it.each([
    ['sucess', 'success'],
    ['fail.nswf', 'fail.nsfw'],
    ['fail.moderater', 'fail.moderator'],
    ['submit.522', 'submit.422'],
    ['poll.not-visble', 'poll.not-visible'],
    ['callback.dublicate', 'callback.duplicate'],
    ['media.504', 'media.503'],
    ['Callback.late', 'callback.late'],
  ])('%s is rejected and %s is suggested', (name, suggestion) => {
    const { code, message, remedy } = refusalOf(name);
    expect(code).toBe('SCENARIO_UNKNOWN');
    expect(message).toBe(`unknown scenario "${name}"`);
    expect(remedy).toMatch(/^Did you mean .+\? Run "stuntdouble scenarios" for the full list\.$/);
    expect(remedy).toContain(suggestion);
  });

  it.each([
    '',
    ' ',
    '.',
    '+',
    'fail',
    'fail.',
    'fails',
    'fail.NSFW',
    'fail.constructor',
    'fail.__proto__',
    'submit',
    'submit.',
    'submit.200',
    'submit.truncated',
    'submit.422*2',
    'poll',
    'poll.',
    'poll.*',
    'poll.*3',
    'poll.200',
    'poll.slow',
    'poll.404**',
    'poll.404*3*',
    'poll.404*x',
    'poll.404*-1',
    'poll.404*1.5',
    'poll.404*12345',
    'poll.not-visible*3',
    'poll.404 *3',
    'callback',
    'callback.',
    'callback.late*2',
    'callback.toString',
    'callback.constructor',
    'callback.__proto__',
    'media.constructor',
    'media.hang.twice',
    'success.now',
    'fail.nsfw+',
    '+fail.nsfw',
    'fail.nsfw++callback.late',
    'fail.nsfw,callback.late',
    'fail.nsfw callback.late',
  ])('"%s" is rejected', (name) => {
    expect(refusalOf(name).code).toBe('SCENARIO_UNKNOWN');
  });

  it('is reported by its unknown part, not by the whole name', () => {
    expect(refusalOf('fail.nsfw+callback.lat').message).toBe('unknown scenario "callback.lat"');
  });

  it('is shortened in the message if it is long', () => {
    expect(refusalOf('x'.repeat(5000)).message).toBe(`unknown scenario "${'x'.repeat(80)}"`);
  });

  it('is reported without a suggestion if none of the names is similar', () => {
    expect(unknownScenario('something else entirely, and by far too long', [RUNWAY]).remedy).toBe(
      'Run "stuntdouble scenarios" for the full list.',
    );
  });

  it('is either rejected with its code or parsed, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', ...NAMES), (text, name) => {
        try {
          expect(parse(name + text).name).toBe(name + text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'SCENARIO_UNKNOWN' });
        }
      }),
    );
  });

  it('of one pack can exist in another pack', () => {
    const other = { ...RUNWAY, failures: new Map() };
    expect(() => parseScenario('fail.nsfw', other)).toThrow('unknown scenario "fail.nsfw"');
    expect(parseScenario('callback.never', other).callback).toBe('never');
  });
});

describe('a parser of scenarios', () => {
  it('returns the same object for the same name', () => {
    const parser = createScenarioParser(RUNWAY);
    expect(parser('fail.nsfw+poll.502*3')).toBe(parser('fail.nsfw+poll.502*3'));
    expect(parser('success')).toBe(SUCCESS);
  });

  it('returns the same result as parseScenario', () => {
    const parser = createScenarioParser(RUNWAY);
    for (const [name] of PARSED) expect(parser(name)).toStrictEqual(parse(name));
  });

  it('still parses after more names than its cache holds', () => {
    const parser = createScenarioParser(RUNWAY);
    for (let n = 1; n <= 1200; n++) {
      expect(parser(`poll.reset*${n}+poll.500`).polls[0]).toStrictEqual({ type: 'reset', times: n });
    }
    expect(parser('fail.nsfw').failure).toBe('nsfw');
  });

  it.each(['poll.429*0', 'poll.429*00', 'poll.reset*0'])('rejects %s, which would have no effect', (name) => {
    expect(() => createScenarioParser(RUNWAY)(name)).toThrow(/unknown scenario/);
  });

  it('rejects an unknown name every time', () => {
    const parser = createScenarioParser(RUNWAY);
    expect(() => parser('fail.all')).toThrow(CodedError);
    expect(() => parser('fail.all')).toThrow(CodedError);
  });
});
