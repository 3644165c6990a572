import { afterEach, describe, expect, it } from 'vitest';
import { rowsFor } from '../../fixtures/full.ts';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';
import { packStage } from '../../fixtures/pack-stage.ts';
import { loadPacks } from '../../mock-server/index.ts';
import { BEYOND_TASKS } from './pack-behaviors/beyond-tasks.ts';
import { CALLBACKS } from './pack-behaviors/callbacks.ts';
import { appliesTo, type OpenStage } from './pack-behaviors/case.ts';
import { COMMANDS } from './pack-behaviors/commands.ts';
import { LIFE } from './pack-behaviors/life.ts';
import { LIMITS } from './pack-behaviors/limits.ts';
import { REFUSALS } from './pack-behaviors/refusals.ts';
import { RUNS } from './pack-behaviors/runs.ts';

/**
 * One table of cases for every pack and profile; no case names a vendor. A case that needs something a vendor does
 * not offer is omitted for it, and COUNTS holds the resulting number of cases.
 */
const CASES = [...LIFE, ...REFUSALS, ...CALLBACKS, ...COMMANDS, ...BEYOND_TASKS, ...LIMITS, ...RUNS];

/**
 * Prevents cases from disappearing unnoticed: a change to the table or to a pack's capabilities must be repeated
 * here.
 */
const COUNTS: Readonly<Record<string, number>> = {
  'aleph documented': 32,
  'aleph generate-page': 32,
  'aleph observed': 33,
  'cometapi documented': 32,
  'cometapi wrapped': 32,
  'cometapi ancestor': 31,
  'dream-machine documented': 35,
  'fal documented': 35,
  'flux-kontext documented': 32,
  'flux-kontext observed': 33,
  'gpt4o-image documented': 34,
  'gpt4o-image observed': 35,
  'luma documented': 33,
  'luma two-results': 33,
  'market documented': 33,
  'market observed': 34,
  'replicate documented': 39,
  'runway documented': 35,
  'runway observed': 36,
  'runwayml documented': 24,
  'suno documented': 34,
  'suno observed': 35,
  'veo documented': 33,
  'veo generate-page': 33,
};

const PACKS = loadPacks().flatMap(({ name, profiles }) =>
  profiles.flatMap((profile) => loadPacks({ profile }).filter((pack) => pack.name === name)),
);

const { startMock, receiver, closeAll } = mockAndReceiver();
afterEach(closeAll);

const openStage: OpenStage = async (pack, { rateAsDocumented, ...options } = {}, script = []) => {
  const scripted = await receiver(...script);
  const mock = await startMock({
    builtIn: false,
    packs: [pack.dir],
    profile: pack.profile,
    ...(rateAsDocumented ? {} : { rateLimit: 'off' }),
    ...options,
  });
  return { ...packStage(mock, pack, scripted.url), receiver: scripted };
};

describe.each(PACKS.map((pack, turn) => [`${pack.name} ${pack.profile}`, pack, turn] as const))(
  '%s',
  (_name, pack, turn) => {
    const cases = CASES.filter((one) => appliesTo(one, pack)).map((one) => [one.title, one] as const);
    it.each(rowsFor(pack.name, turn, cases))('%s', (_title, { run }) => run(pack, openStage));
  },
);

describe('the table', () => {
  it('has the expected number of cases for every pack and profile', () => {
    const counts = PACKS.map((pack) => [
      `${pack.name} ${pack.profile}`,
      CASES.filter((one) => appliesTo(one, pack)).length,
    ]);
    expect(Object.fromEntries(counts)).toEqual(COUNTS);
  });

  it.each(CASES)('has a pack for the case: $title', (one) => {
    expect(PACKS.some((pack) => appliesTo(one, pack))).toBe(true);
  });

  it('has unique titles', () => {
    expect(new Set(CASES.map(({ title }) => title)).size).toBe(CASES.length);
  });
});
