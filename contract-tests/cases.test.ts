import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPacks } from '../mock-server/index.ts';
import { type CaseDefinition, type CaseText, describeCase } from './case-definition.ts';
import { CLIENT_CASES } from './client/cases.ts';
import { RECEIVER_CASES } from './receiver/cases.ts';

interface Catalog {
  readonly cases: readonly CaseDefinition[];
  readonly groups: Readonly<Record<string, number>>;
}

/** Ids are stable forever: these lists only grow. */
const CATALOGS: Readonly<Record<string, Catalog>> = {
  RCV: {
    cases: RECEIVER_CASES,
    groups: { ACK: 6, TIM: 4, IDM: 7, ORD: 6, ENV: 9, FAIL: 4, MED: 3, SEC: 9, ROB: 1 },
  },
  CLI: {
    cases: CLIENT_CASES,
    groups: { API: 1, END: 1, AUTH: 3, CRE: 13, POL: 15, CBK: 3, MED: 3, EXT: 2 },
  },
};

const PACKS = loadPacks();
const ALL = Object.values(CATALOGS).flatMap(({ cases }) => cases);

describe.each(Object.entries(CATALOGS))('the cases %s', (prefix, { cases, groups }) => {
  it('are those of the catalog, each once', () => {
    expect(cases.map(({ id }) => id)).toEqual(numbered(prefix, groups));
  });
});

function numbered(prefix: string, groups: Readonly<Record<string, number>>): string[] {
  return Object.entries(groups).flatMap(([group, count]) =>
    Array.from({ length: count }, (_, n) => `${prefix}-${group}-${String(n + 1).padStart(2, '0')}`),
  );
}

describe.each(ALL.map((one) => [one.id, one] as const))('%s', (_id, one) => {
  it('states a requirement, a reason and a remedy for every vendor', () => {
    for (const packs of [[], PACKS, ...PACKS.map((pack) => [pack])]) {
      const { title, requirement, why, remedy } = describeCase(one, packs);
      for (const text of [title, requirement, why, remedy]) expect(text).toMatch(/^\S.*\S$/);
    }
  });

  it('states no figure of a vendor to all of them', () => {
    for (const text of sharedTexts(one)) expect(text).not.toMatch(VENDOR_FIGURE);
  });

  it.each(PACKS.map((pack) => [pack.name, pack] as const))(
    'names no other vendor to a user of %s',
    (name, pack) => {
      const { title, requirement, why, remedy } = describeCase(one, [pack]);
      const others = VENDOR_WORDS.filter(([owner]) => owner !== name).map(([, word]) => word);
      for (const text of [title, requirement, why, remedy])
        expect(others.filter((word) => text.includes(word))).toEqual([]);
    },
  );

  it.each(packsFor(one).map((pack) => [pack.name, pack] as const))(
    'names what it is based on for %s',
    (_name, pack) => {
      const { sources } = describeCase(one, [pack]);
      expect(sources).not.toEqual([]);
      for (const { grade, page, heading } of sources) {
        if (grade !== 'documented') continue;
        expect(page).toMatch(/\S/);
        expect(heading).toMatch(/\S/);
      }
    },
  );
});

/** Receiver cases never run for a vendor without callbacks. */
function packsFor({ id }: CaseDefinition): typeof PACKS {
  return id.startsWith('RCV-') ? PACKS.filter(({ events }) => events.size > 0) : PACKS;
}

/** A number with a unit, a number of several digits, or an HTTP status that a vendor chose. */
const VENDOR_FIGURE =
  /\d[\d,.]* ?(ms|s|seconds?|minutes?|hours?|days?|characters?|bytes)\b|\b(code|status) \d{3}\b|\b\d{4,}\b|\d,\d{3}/;

/** Words that only users of one vendor understand. */
const VENDOR_WORDS: readonly (readonly [pack: string, word: string])[] = [
  ['runway', 'Runway'],
  ['luma', 'Luma'],
  ['cometapi', 'CometAPI'],
  ['replicate', 'Replicate'],
];

/** The title, and every text that does not depend on the pack under test. */
function sharedTexts({ title, requirement, why, remedy, remedies }: CaseDefinition): string[] {
  const texts: readonly CaseText[] = [requirement, why, remedy, ...Object.values(remedies ?? {})];
  return [title, ...texts.map((text) => (typeof text === 'string' ? text : text.general))];
}

describe('the README', () => {
  it('state how many cases there are', () => {
    const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
    expect(readme).toContain(`[${RECEIVER_CASES.length} cases](docs/receivers.md)`);
    expect(readme).toContain(`[${CLIENT_CASES.length} cases](docs/clients.md)`);
  });
});
