import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RECEIVER_CASES } from './cases.ts';
import { receiversPage } from './cases-page.ts';

/** Ids are stable for ever: this list only grows. */
const CATALOGUE = [
  ...numbered('ACK', 5),
  ...numbered('TIM', 4),
  ...numbered('IDM', 7),
  ...numbered('ORD', 4),
  ...numbered('ENV', 8),
  ...numbered('FAIL', 4),
  ...numbered('MED', 3),
  ...numbered('SEC', 4),
  ...numbered('ROB', 1),
];

describe('the receiver cases', () => {
  it('are those of the catalogue, each once', () => {
    expect(RECEIVER_CASES.map(({ id }) => id)).toEqual(CATALOGUE);
  });

  it.each(RECEIVER_CASES.map((one) => [one.id, one] as const))(
    '%s says what it asks, and why',
    (_id, one) => {
      for (const text of [one.title, one.requirement, one.why, one.remedy]) expect(text).toMatch(/\S{3}/);
      expect(one.sources.length).toBeGreaterThan(0);
    },
  );

  it('are what docs/receivers.md says ("npm run docs" writes it)', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/receivers.md'), 'utf8');
    expect(page).toBe(receiversPage());
  });
});

function numbered(group: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `RCV-${group}-${String(n + 1).padStart(2, '0')}`);
}
