import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../core/coded-error.ts';
import type { Scenario } from '../core/types.ts';
import { loadPack } from '../packs/load-pack.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { listScenarios } from './catalogue.ts';
import { createScenarioParser, parseScenario, SUCCESS, unknownScenario } from './parse-scenario.ts';

const RUNWAY = loadPack(join(PACKAGE_ROOT, 'spec/runway'));
const NAMES = listScenarios([RUNWAY]).map(({ name }) => name);

const parse = (name: string): Scenario => parseScenario(name, RUNWAY);

/** What a name is refused for. */
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

  it('is parsed for every name that is listed', () => {
    const tried = new Set(PARSED.map(([name]) => name));
    for (const name of NAMES.filter((listed) => !tried.has(listed))) expect(parse(name)).not.toEqual(SUCCESS);
  });

  it('means the same in any order, but for polls, which follow one another', () => {
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

  it('gives data that nobody can change, and changes nothing that others share', () => {
    const before = structuredClone(SUCCESS);
    expect(Object.isFrozen(parse('fail.nsfw+poll.reset'))).toBe(true);
    expect(SUCCESS).toStrictEqual(before);
  });
});

describe('a scenario of two things that exclude each other', () => {
  it.each([
    ['fail.nsfw+fail.internal', 'fail.internal'],
    ['fail.nsfw+fail.nsfw', 'fail.nsfw'],
    ['submit.422+callback.late+submit.reset', 'submit.reset'],
    ['callback.never+callback.duplicate', 'callback.duplicate'],
    ['media.hang+media.503', 'media.503'],
  ])('is refused, with the second of the two: %s', (name, second) => {
    expect(refusalOf(name)).toStrictEqual({
      code: 'SCENARIO_UNKNOWN',
      message: `"${name}" asks for two things that exclude each other; "${second}" is the second of its kind`,
      remedy:
        'Join one fail, one submit, one state, one callback and one media scenario at most; polls may be several.',
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
  ])('%s is refused, and %s is suggested', (name, suggestion) => {
    const { code, message, remedy } = refusalOf(name);
    expect(code).toBe('SCENARIO_UNKNOWN');
    expect(message).toBe(`there is no scenario "${name}"`);
    expect(remedy).toMatch(/^Did you mean .+\? "stuntdouble scenarios" lists all\.$/);
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
  ])('"%s" is refused', (name) => {
    expect(refusalOf(name).code).toBe('SCENARIO_UNKNOWN');
  });

  it('is told by the part that is unknown, not by the whole', () => {
    expect(refusalOf('fail.nsfw+callback.lat').message).toBe('there is no scenario "callback.lat"');
  });

  it('is shown shortened when it is long', () => {
    expect(refusalOf('x'.repeat(5000)).message).toBe(`there is no scenario "${'x'.repeat(80)}"`);
  });

  it('is told without a suggestion when nothing looks like it', () => {
    expect(unknownScenario('something else entirely, and by far too long', [RUNWAY]).remedy).toBe(
      '"stuntdouble scenarios" lists all.',
    );
  });

  it('is either refused with its code or parsed, whatever the text', () => {
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

  it('of one pack may be known to another', () => {
    const other = { ...RUNWAY, failures: new Map() };
    expect(() => parseScenario('fail.nsfw', other)).toThrow('there is no scenario "fail.nsfw"');
    expect(parseScenario('callback.never', other).callback).toBe('never');
  });
});

describe('a parser of scenarios', () => {
  it('gives tasks of the same scenario one object', () => {
    const parser = createScenarioParser(RUNWAY);
    expect(parser('fail.nsfw+poll.502*3')).toBe(parser('fail.nsfw+poll.502*3'));
    expect(parser('success')).toBe(SUCCESS);
  });

  it('gives what parsing gives', () => {
    const parser = createScenarioParser(RUNWAY);
    for (const [name] of PARSED) expect(parser(name)).toStrictEqual(parse(name));
  });

  it('still parses when it has seen more names than it keeps', () => {
    const parser = createScenarioParser(RUNWAY);
    for (let n = 0; n < 1200; n++) {
      expect(parser(`poll.reset*${n}+poll.500`).polls[0]).toStrictEqual({ type: 'reset', times: n });
    }
    expect(parser('fail.nsfw').failure).toBe('nsfw');
  });

  it('refuses an unknown name each time it is asked', () => {
    const parser = createScenarioParser(RUNWAY);
    expect(() => parser('fail.all')).toThrow(CodedError);
    expect(() => parser('fail.all')).toThrow(CodedError);
  });
});
