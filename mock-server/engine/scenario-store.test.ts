import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Journal } from '../journal/journal.ts';
import { loadPack } from '../packs/load-pack.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { createScenarioStore } from './scenario-store.ts';

const packs = new Map(
  ['runway', 'runwayml', 'replicate', 'cometapi', 'luma'].map((name) => [
    name,
    loadPack(join(PACKAGE_ROOT, 'spec', name)),
  ]),
);
const desk = createScenarioStore(packs, { addFold: () => undefined } as unknown as Journal, 'success');

function refusal(packName: string, scenario: string): string {
  const pack = packs.get(packName);
  if (pack === undefined) throw new Error(`pack "${packName}" is not loaded`);
  try {
    desk.parse(pack, scenario);
    return 'accepted';
  } catch (error) {
    const { message, remedy } = error as { message: string; remedy: string };
    return `${message}. ${remedy}`;
  }
}

it.each([
  [
    'runway',
    'fail.moderation',
    /^"fail\.moderation" is a scenario of runwayml, cometapi but not of runway\. Use fail\.inappropriate-content or /,
  ],
  ['replicate', 'fail.moderation', /not of replicate\. Use fail\.nsfw instead\. /],
  ['runwayml', 'fail.nsfw', /not of runwayml\. Use fail\.moderation instead\. /],
  ['runwayml', 'callback.never+fail.nsfw', /^"fail\.nsfw" is a scenario of /],
])('on %s, rejects %s with the vendors that have it, and with the equivalent', (pack, scenario, expected) => {
  expect(refusal(pack, scenario)).toMatch(expected);
});

it('suggests the nearest names for an unknown scenario', () => {
  expect(refusal('runway', 'fail.nsfv')).toMatch(/unknown scenario "fail\.nsfv"\. Did you mean fail\.nsfw/);
});
