import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLIENT_CASES } from './client/cases.ts';
import { RECEIVER_CASES } from './receiver/cases.ts';
import type { CaseFacts } from './report.ts';

/** Ids never change, so these lists only grow. */
const CATALOGUES: Readonly<Record<string, { cases: readonly CaseFacts[]; groups: Record<string, number> }>> =
  {
    RCV: {
      cases: RECEIVER_CASES,
      groups: { ACK: 5, TIM: 4, IDM: 7, ORD: 6, ENV: 9, FAIL: 4, MED: 3, SEC: 9, ROB: 1 },
    },
    CLI: {
      cases: CLIENT_CASES,
      groups: { API: 1, END: 1, AUTH: 3, CRE: 13, POL: 15, CBK: 3, MED: 3, EXT: 2 },
    },
  };

describe.each(Object.entries(CATALOGUES))('the cases %s', (prefix, { cases, groups }) => {
  it('match the catalog, each once', () => {
    expect(cases.map(({ id }) => id)).toEqual(numbered(prefix, groups));
  });

  it.each(cases.map((one) => [one.id, one] as const))('%s states its requirement and reason', (_id, one) => {
    for (const text of [one.title, one.requirement, one.why, one.remedy]) expect(text).toMatch(/\S{3}/);
    expect(one.sources.length).toBeGreaterThan(0);
  });
});

function numbered(prefix: string, groups: Readonly<Record<string, number>>): string[] {
  return Object.entries(groups).flatMap(([group, count]) =>
    Array.from({ length: count }, (_, n) => `${prefix}-${group}-${String(n + 1).padStart(2, '0')}`),
  );
}

describe('the README', () => {
  it('state how many cases there are', () => {
    const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
    expect(readme).toContain(`${RECEIVER_CASES.length} cases: `);
    expect(readme).toContain(`[${CLIENT_CASES.length} cases](docs/clients.md)`);
  });
});
