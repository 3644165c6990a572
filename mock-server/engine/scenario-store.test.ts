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
  return rejection(() => desk.parse(pack, scenario));
}

function rejection(run: () => void): string {
  try {
    run();
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

it.each([
  [
    'fail.nsfw+fail.internal',
    /^"fail\.nsfw\+fail\.internal" combines scenarios that exclude each other; "fail\.internal" is/,
  ],
  [
    'callback.late + callback.never',
    /exclude each other; "callback\.never" is the second of its kind\. Combine at most/,
  ],
  ['callback.never+fail.nsfv', /^unknown scenario "fail\.nsfv"\. Did you mean fail\.nsfw/],
  [
    'fail.moderation+fail.inappropriate-content',
    /combines scenarios of different vendors\. Combine scenarios of one/,
  ],
])('rejects %s for all packs with the reason', (scenario, expected) => {
  expect(rejection(() => desk.refuseUnknown(scenario))).toMatch(expected);
});

it('rejects a name that is too long as unknown', () => {
  const name = `success${'+success'.repeat(200)}`;
  expect(rejection(() => desk.refuseUnknown(name))).toMatch(/^unknown scenario "success\+success/);
});

it.each(['success', 'fail.nsfw', 'fail.moderation+callback.never'])(
  'accepts %s, because at least one pack has it',
  (scenario) => {
    expect(rejection(() => desk.refuseUnknown(scenario))).toBe('accepted');
  },
);

it('suggests the nearest names for an unknown scenario', () => {
  expect(refusal('runway', 'fail.nsfv')).toMatch(/unknown scenario "fail\.nsfv"\. Did you mean fail\.nsfw/);
});
