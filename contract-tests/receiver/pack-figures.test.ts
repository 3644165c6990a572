import { describe, expect, it } from 'vitest';
import { loadPacks, type Pack } from '../../mock-server/index.ts';
import { describeCase } from '../case-definition.ts';
import { RECEIVER_CASES } from './cases.ts';
import {
  ackRule,
  clientFailureCodes,
  inParentheses,
  mediaLifetime,
  otherErrorCodes,
  retryGaps,
  retrySchedule,
  serverFailureCodes,
} from './pack-figures.ts';

const PACKS = loadPacks();

function packNamed(name: string): Pack {
  const pack = PACKS.find((one) => one.name === name);
  if (pack === undefined) throw new Error(`Unknown pack "${name}".`);
  return pack;
}

describe('the figures of a pack', () => {
  it('name the status and the time of an acknowledgement', () => {
    expect(ackRule(packNamed('runway'))).toBe('HTTP 200 within 15 seconds');
    expect(ackRule(packNamed('replicate'))).toBe('HTTP 2xx within 10 seconds');
  });

  it('name the number of retries and their time span', () => {
    expect(retrySchedule(packNamed('runway'))).toBe('3 retries within 3 minutes 30 seconds');
    expect(retrySchedule(packNamed('dream-machine'))).toBe('3 retries within 300 milliseconds');
  });

  it('use the singular for one retry', () => {
    const delivery = { ...packNamed('runway').delivery, retries: 1, gapsMs: [1000] };
    expect(retrySchedule({ delivery })).toBe('1 retry within 1 second');
  });

  it('leave out the time span without retries', () => {
    const delivery = { ...packNamed('runway').delivery, retries: 0 };
    expect(retrySchedule({ delivery })).toBe('0 retries');
  });

  it('repeat the last gap for further retries', () => {
    const delivery = { ...packNamed('runway').delivery, retries: 4, gapsMs: [1000, 2000] };
    expect(retryGaps({ delivery })).toEqual([1000, 2000, 2000, 2000]);
  });

  it('name the time for which media remains available', () => {
    expect(mediaLifetime(packNamed('runway'))).toBe('14 days');
    expect(mediaLifetime(packNamed('replicate'))).toBe('1 hour');
  });

  it('name numeric failure codes, with server errors apart', () => {
    expect(clientFailureCodes(packNamed('runway'))).toBe('400');
    expect(serverFailureCodes(packNamed('runway'))).toBe('500');
    expect(otherErrorCodes(packNamed('luma'))).toBe('401, 404, 422, 429, 451 or 455');
  });

  it.each(['cometapi', 'replicate'])('do not name codes for %s, whose failures have none', (name) => {
    const pack = packNamed(name);
    expect([clientFailureCodes(pack), serverFailureCodes(pack), otherErrorCodes(pack)]).toEqual(['', '', '']);
  });

  it('are put in parentheses only if there are any', () => {
    expect([inParentheses('400'), inParentheses('')]).toEqual([' (400)', '']);
  });
});

describe('the texts of a receiver case', () => {
  const textsFor = (id: string, packs: readonly Pack[]): string => {
    const [one] = RECEIVER_CASES.filter((candidate) => candidate.id === id);
    if (one === undefined) throw new Error(`Unknown case "${id}".`);
    const { requirement, why, remedy } = describeCase(one, packs);
    return [requirement, why, remedy].join(' ');
  };

  it.each([
    ['RCV-ACK-01', 'replicate', ['HTTP 2xx within 10 seconds', '5 retries within 1 minute']],
    ['RCV-ACK-01', 'dream-machine', ['HTTP 200 within 5 seconds', '3 retries within 300 milliseconds']],
    ['RCV-ACK-02', 'runway', ['(400)']],
    ['RCV-ACK-03', 'luma', ['(500)']],
    ['RCV-IDM-04', 'cometapi', ['3 retries within 3 minutes 30 seconds']],
    ['RCV-MED-01', 'replicate', ['after 1 hour']],
    ['RCV-FAIL-04', 'runway', ['(401, 404, 422, 429, 451 or 455)']],
  ])('%s states the figures of %s', (id, name, figures) => {
    const text = textsFor(id, [packNamed(name)]);
    for (const figure of figures) expect(text).toContain(figure);
    // Where several vendors are described together, the texts are general.
    for (const figure of figures) expect(textsFor(id, PACKS)).not.toContain(figure);
  });
});
