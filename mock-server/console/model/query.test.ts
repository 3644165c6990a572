import { describe, expect, it } from 'vitest';
import type { Lane, LaneStatus } from './lane.ts';
import { countStatuses, matchingLanes, parseQuery, statusIn, suggestionsFor, withStatus } from './query.ts';

function lane(id: string, status: LaneStatus, more: Partial<Lane> = {}): Lane {
  const submittedAt = new Date(2026, 0, 1, 12, 30, 0).getTime();
  const facts = {
    id,
    pack: 'acme',
    kind: 'clip',
    account: 'key-1',
    scenario: 'success',
    prompt: 'A very long road',
  };
  return {
    ...{ ...facts, submittedAt, status, outcome: 'success', endedAt: 1, mediaExpiresAt: null },
    ...{ steps: [{ state: 'done', at: 0 }], changes: [{ state: 'done', at: 0, index: 0 }] },
    ...{ deliveries: [], downloads: [], text: Object.values(facts).join('\n').toLowerCase() },
    ...more,
  };
}

const lanes = [
  lane('a', 'abandoned', { outcome: 'fail.nsfw' }),
  lane('b', 'acknowledged', { pack: 'other' }),
  lane('c', 'in flight', { prompt: 'a cat', text: 'c\na cat\nhttp://127.0.0.1:5650/good' }),
];
const found = (text: string) => matchingLanes(lanes, parseQuery(text)).map(({ id }) => id);

describe('a search', () => {
  it.each([
    ['', ['a', 'b', 'c']],
    ['status:abandoned', ['a']],
    ['status:in-flight', ['c']],
    ['status:"in flight"', ['c']],
    ['status:abandoned status:acknowledged', ['a', 'b']],
    ['status:abandoned pack:other', []],
    ['pack:OTHER', ['b']],
    ['"very long"', ['a', 'b']],
    ['5650/good', ['c']],
    ['nsfw', ['a']],
    ['outcome:nsfw', ['a']],
    ['prompt:cat', ['c']],
    ['after:12:30', ['a', 'b', 'c']],
    ['after:12:31', []],
    ['before:12:31', ['a', 'b', 'c']],
    ['__proto__:x', []],
    ['constructor:x', []],
    ['http://127.0.0.1:5650', ['c']],
  ])('for %j finds %j', (text, ids) => {
    expect(found(text)).toEqual(ids);
  });

  it('gets and loses its status by a chip, and keeps everything else', () => {
    expect(withStatus('pack:acme', 'in flight')).toBe('pack:acme status:in-flight');
    expect(withStatus('status:"in flight" pack:acme', 'abandoned')).toBe('pack:acme status:abandoned');
    expect(withStatus('pack:acme status:abandoned', null)).toBe('pack:acme');
    expect(statusIn(parseQuery('pack:acme status:in-flight'))).toBe('in flight');
    expect(statusIn(parseQuery('status:waiting status:abandoned'))).toBeNull();
  });

  it('is suggested values that occur', () => {
    expect(suggestionsFor(lanes)).toEqual(
      expect.arrayContaining([
        'pack:acme',
        'pack:other',
        'status:in-flight',
        'outcome:fail.nsfw',
        'key:key-1',
      ]),
    );
  });
});

it('counts each status, also those without a task', () => {
  expect(countStatuses(lanes)).toEqual({
    ...{ waiting: 0, 'in flight': 1, retrying: 0, acknowledged: 1, abandoned: 1, 'no callback': 0 },
  });
});
