import { describe, expect, it } from 'vitest';
import { loadPacks, type Pack } from '../../mock-server/index.ts';
import { describeCase } from '../case-definition.ts';
import { CLIENT_CASES } from './cases.ts';
import { type ClientCase, expectedBy } from './client-case.ts';
import { count, times } from './wording.ts';

const PACKS = loadPacks();

function pack(name: string): Pack {
  const found = PACKS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`unknown pack ${name}`);
  return found;
}

function caseOf(id: string): ClientCase {
  const found = CLIENT_CASES.find((one) => one.id === id);
  if (found === undefined) throw new Error(`unknown case ${id}`);
  return found;
}

describe('numbers in a verdict', () => {
  it('agree with their noun', () => {
    expect([count(0, 'call'), count(1, 'call'), count([1, 2], 'call')]).toEqual([
      '0 calls',
      '1 call',
      '2 calls',
    ]);
  });

  it('state how often something happened', () => {
    expect([1, 2, 3].map(times)).toEqual(['once', 'twice', '3 times']);
  });
});

describe('the expectation of a case', () => {
  it('is its title when the case does not state its own', () => {
    const one = caseOf('CLI-POL-04');
    expect(expectedBy(one, pack('runway'))).toBe('the client stops polling after a task succeeds');
    expect(expectedBy(one, null)).toBe('the client stops polling after a task succeeds');
  });

  it.each([
    ['CLI-AUTH-01', 'runway', 'every API call has "Authorization: Bearer KEY"'],
    ['CLI-CRE-10', 'runway', 'the client waits at least 30.0 s before it retries'],
    ['CLI-POL-02', 'runway', 'polls are 30.0 s apart, as the vendor recommends'],
    ['CLI-POL-02', 'runwayml', 'polls are 5.0 s apart, as the vendor recommends'],
    ['CLI-POL-02', 'replicate', 'the client polls no more often than the vendor recommends'],
    ['CLI-POL-03', 'replicate', 'polls of one task are at least 500 ms apart'],
  ])('has the figures of the pack under test: %s for %s', (id, name, text) => {
    expect(expectedBy(caseOf(id), pack(name))).toBe(text);
  });
});

describe('the text of a case', () => {
  it.each([
    ['CLI-CRE-10', 'runway', 'an error that announces maintenance (code 455)'],
    ['CLI-CRE-10', 'replicate', 'an error that announces maintenance,'],
    ['CLI-CRE-12', 'runway', 'the maximum length (1800 characters)'],
    ['CLI-CRE-12', 'luma', 'the maximum length,'],
    ['CLI-MED-01', 'replicate', 'the media expires (after 1h)'],
    ['CLI-MED-01', 'runway', 'the media expires (after 14d)'],
  ])('has the figures of the pack under test: %s for %s', (id, name, text) => {
    expect(describeCase(caseOf(id), [pack(name)]).requirement).toContain(text);
  });
});
