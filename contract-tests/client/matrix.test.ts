import { describe, expect, it } from 'vitest';
import { makeClient } from '../../fixtures/clients/client.ts';
import {
  CALLED_BACK,
  CLIENT_DEFECTS,
  COSTS_THE_VIDEO,
  type Makeup,
  OTHER_DEFECTS,
} from '../../fixtures/clients/defects.ts';
import { GOOD_CLIENT } from '../../fixtures/clients/parts.ts';
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
const TOO_SOON: Readonly<Record<string, Partial<ClientOptions>>> = {
  'CLI-POL-02': { timeScale: 30 },
  'CLI-POL-03': { timeScale: 1, quick: true },
  'CLI-CRE-06': { timeScale: 30 },
  'CLI-CRE-10': { timeScale: 30 },
  'CLI-CBK-01': { timeScale: 30 },
  'CLI-EXT-01': { timeScale: 30 },
};

function judge(makeup: Makeup, options: Partial<ClientOptions> = {}): Promise<SuiteReport> {
  const { timeScale = TIME_SCALE } = options;
  return judgeClient({
    run: makeClient({ ...makeup, timeScale }),
    timeScale,
    // On a busy machine the waits of the good client, 20 minutes in all, last longer.
    giveUpWithin: '100m',
    // It ends only what hangs.
    timeLimit: HANG_LIMIT_MS / 4,
    // A client is not slow because the machine is busy.
    downloadWithin: '100m',
    concurrency: 2,
    jobs: 8,
    ...options,
  });
}

/** The same client with shorter waits between polls: still longer than the least that the vendor bears. */
function hurried({ parts, ...makeup }: Makeup): Makeup {
  const { pollEvery, pollTroubleEvery, firstPollAfter } = { ...GOOD_CLIENT, ...parts };
  const shorter = {
    pollEvery: (n: number) => pollEvery(n) / 20,
    pollTroubleEvery: pollTroubleEvery / 20,
    firstPollAfter: firstPollAfter / 20,
  };
  return { ...makeup, parts: { ...parts, ...shorter } };
}

function consequencesOf(id: string): string[] {
  return COSTS_THE_VIDEO.has(id) ? ['CLI-END-01'] : [];
}

type Broken = ReturnType<typeof brokenIn>;

/** What is broken; what is too soon is looked for by itself, and more slowly. */
async function everythingBroken(id: string, makeup: Makeup, slowly = TOO_SOON[id]): Promise<Broken> {
  if (slowly === undefined) return brokenIn(await judge(makeup));
  const ids = CLIENT_CASES.map((one) => one.id);
  const only = [id, ...consequencesOf(id)];
  const reports = await Promise.all([
    judge(slowly.timeScale === 1 ? hurried(makeup) : makeup, { giveUpWithin: '2m', ...slowly, only }),
    judge(makeup, { only: ids.filter((other) => !only.includes(other)) }),
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
    expect(await everythingBroken(id, makeup)).toEqual(
      inOrder([id, ...consequencesOf(id)]).map((one) => [one, expect.anything()]),
    );
  });

  it.each(OTHER_DEFECTS)('finds %s broken %s, and nothing else', async (id, how, makeup) => {
    // No quick run hides a task.
    const slowly = how.includes('unknown') ? { timeScale: 30 } : TOO_SOON[id];
    expect(await everythingBroken(id, makeup, slowly)).toEqual([[id, expect.anything()]]);
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
