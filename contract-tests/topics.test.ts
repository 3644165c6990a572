import { describe, expect, it } from 'vitest';
import type { Pack } from '../mock-server/index.ts';
import { type CaseDefinition, describeCase } from './case-definition.ts';
import { topicFacts } from './topics.ts';

function packWith(...places: readonly string[]): Pack {
  const facts = places.map((at) => ({ fact: `fact about ${at}`, at, grade: 'assumed' as const }));
  return { name: 'sample', pages: {}, facts } as unknown as Pack;
}

/** Its texts do not depend on the pack. */
const PLAIN_CASE: CaseDefinition = {
  id: 'RCV-ENV-01',
  group: 'Envelope',
  title: 'The order of JSON keys is ignored',
  level: 'must',
  requirement: 'The receiver must accept keys in any order.',
  why: 'A pattern reads the wrong field when the order changes.',
  remedy: 'Parse the JSON.',
  basis: ['callbackBody'],
};

const placesOf = (pack: Pack): string[] => topicFacts(pack, 'ackTimeout').map(({ at }) => at);

describe('the facts about a topic', () => {
  it('are those at or below the most specific place that has any', () => {
    expect(placesOf(packWith('/delivery', '/delivery/ackTimeout', '/task/id'))).toEqual([
      '/delivery/ackTimeout',
    ]);
  });

  it('are those of the place above where the specific place has none', () => {
    expect(placesOf(packWith('/delivery', '/task/id'))).toEqual(['/delivery']);
  });

  it('match any key where the place has a wildcard', () => {
    const pack = packWith('/events/some.event/bodies/fail', '/events/other/announces');
    expect(topicFacts(pack, 'callbackBody').map(({ at }) => at)).toEqual(['/events/some.event/bodies/fail']);
  });

  it('do not include a fact about one key above a wildcard', () => {
    const pack = packWith('/operations/get-account', '/kinds/video');
    expect(topicFacts(pack, 'parent')).toEqual([]);
  });

  it('are an empty list for a topic without facts', () => {
    expect(placesOf(packWith('/task/id'))).toEqual([]);
  });
});

describe('the sources of a case', () => {
  const withBasis = {
    ...PLAIN_CASE,
    basis: ['ackTimeout', { derived: 'Deliveries happen at least once.' }],
  } as const;

  it('name each page with its heading, and conclusions last', () => {
    const pack = {
      name: 'sample',
      pages: { callback: { title: 'Callbacks', source: 'callbacks' } },
      facts: [
        {
          fact: 'The receiver has 9 s.',
          at: '/delivery/ackTimeout',
          grade: 'documented',
          pages: ['callback'],
          headings: { callback: 'Timing' },
        },
      ],
    } as unknown as Pack;
    expect(describeCase(withBasis, [pack]).sources).toEqual([
      {
        pack: 'sample',
        page: 'Callbacks',
        heading: 'Timing',
        grade: 'documented',
        fact: 'The receiver has 9 s.',
      },
      { pack: null, page: null, heading: null, grade: 'derived', fact: 'Deliveries happen at least once.' },
    ]);
  });

  it('name no page for an assumption', () => {
    const [source] = describeCase(withBasis, [packWith('/delivery')]).sources;
    expect(source).toMatchObject({ pack: 'sample', page: null, grade: 'assumed' });
  });
});

describe('a text that depends on the pack under test', () => {
  const requirement = { general: 'in time', of: ({ name }: Pack) => `in time for ${name}` };
  const one = { ...PLAIN_CASE, requirement };

  it('is filled in for a single pack', () => {
    expect(describeCase(one, [packWith()]).requirement).toBe('in time for sample');
  });

  it.each([
    ['no pack', []],
    ['several packs', [packWith(), packWith()]],
  ])('is general for %s', (_what, packs) => {
    expect(describeCase(one, packs).requirement).toBe('in time');
  });
});
