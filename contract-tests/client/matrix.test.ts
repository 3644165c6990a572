import { describe, expect, it } from 'vitest';
import { makeClient } from '../../fixtures/clients/client.ts';
import {
  CALLED_BACK,
  CLIENT_DEFECTS,
  COSTS_THE_VIDEO,
  type Makeup,
  OTHER_DEFECTS,
} from '../../fixtures/clients/defects.ts';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import type { SuiteReport } from '../report.ts';
import { CLIENT_CASES } from './cases.ts';
import { type ClientOptions, judgeClient } from './judge-client.ts';

/** The judge must not accuse anybody, however often it looks; `npm run test:matrix` looks twenty times. */
const ROUNDS = Number(process.env.STUNTDOUBLE_ROUNDS ?? 1);

/** Half a minute takes a tenth of a second, for the client as for the mock. */
const TIME_SCALE = 300;

/**
 * What is too soon must be seen to be: a second of the client would be milliseconds at the usual scale, and a call takes
 * longer than that on a busy machine.
 */
const TOO_SOON: ReadonlySet<string> = new Set([
  'CLI-POL-03',
  'CLI-CRE-06',
  'CLI-CRE-10',
  'CLI-CBK-01',
  'CLI-EXT-01',
]);

function judge(makeup: Makeup, options: Partial<ClientOptions> = {}): Promise<SuiteReport> {
  const { timeScale = TIME_SCALE } = options;
  return judgeClient({
    run: makeClient({ ...makeup, timeScale }),
    timeScale,
    // The good client gives up after 20 minutes of waits, which last longer on a busy machine.
    giveUpWithin: '100m',
    // It ends only what hangs.
    timeLimit: HANG_LIMIT_MS / 4,
    // A client is not slow because the machine is busy.
    downloadWithin: '10m',
    concurrency: 2,
    jobs: 8,
    ...options,
  });
}

type Broken = ReturnType<typeof brokenIn>;

/** What is broken; what is too soon is looked for by itself, and more slowly. */
async function everythingBroken(id: string, makeup: Makeup): Promise<Broken> {
  if (!TOO_SOON.has(id)) return brokenIn(await judge(makeup));
  const ids = CLIENT_CASES.map((one) => one.id);
  const slowly = { timeScale: TIME_SCALE / 10, giveUpWithin: '2m', only: [id] };
  const reports = await Promise.all([
    judge(makeup, slowly),
    judge(makeup, { only: ids.filter((other) => other !== id) }),
  ]);
  const all = new Map(reports.flatMap(brokenIn));
  return ids.flatMap((one) => {
    const verdicts = all.get(one);
    return verdicts === undefined ? [] : [[one, verdicts] as const];
  });
}

function brokenIn({ cases }: SuiteReport) {
  return cases
    .filter(({ status }) => status === 'failed' || status === 'non-strict')
    .map(({ id, verdicts }) => [id, verdicts] as const);
}

/** As a report has them. */
function inOrder(ids: readonly string[]): string[] {
  return CLIENT_CASES.map(({ id }) => id).filter((id) => ids.includes(id));
}

function without(status: string, { cases }: SuiteReport): string[] {
  return cases.filter((one) => one.status === status).map(({ id }) => id);
}

describe.concurrent('the judge of clients', () => {
  it('has a client for each case that breaks it', () => {
    expect(Object.keys(CLIENT_DEFECTS).sort()).toEqual(CLIENT_CASES.map(({ id }) => id).sort());
  });

  it.each(Object.entries(CLIENT_DEFECTS))('finds %s, and nothing else', async (id, makeup) => {
    const consequences = COSTS_THE_VIDEO.has(id) ? ['CLI-END-01'] : [];
    expect(await everythingBroken(id, makeup)).toEqual(
      inOrder([id, ...consequences]).map((one) => [one, expect.anything()]),
    );
  });

  it.each(OTHER_DEFECTS)('finds %s broken %s, and nothing else', async (id, _how, makeup) => {
    expect(await everythingBroken(id, makeup)).toEqual([[id, expect.anything()]]);
  });
});

describe.concurrent('a good client', () => {
  const GOOD: readonly (readonly [string, Makeup, readonly string[]])[] = [
    ['that polls', { videos: 3 }, ['CLI-CRE-02', 'CLI-CRE-03', 'CLI-CBK-01', 'CLI-CBK-02', 'CLI-CBK-03']],
    ['that polls, and extends', { extends: true }, []],
    ['that is called back', { parts: CALLED_BACK }, []],
    ['that is called back, and extends', { parts: CALLED_BACK, extends: true }, []],
  ];
  it.each(GOOD)(
    '%s breaks nothing',
    async (_name, makeup, notApplicable) => {
      for (let round = 0; round < ROUNDS; round++) {
        const report = await judge(makeup);
        expect(brokenIn(report)).toEqual([]);
        expect(without('not-observable', report)).toEqual([]);
        expect(without('not-applicable', report)).toEqual(expect.arrayContaining([...notApplicable]));
        expect(report.summary.passed).toBeGreaterThan(28);
      }
    },
    ROUNDS * HANG_LIMIT_MS,
  );
});
