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

/** Number of times that a correct client is judged; `npm run test:matrix` uses twenty. */
const ROUNDS = Number(process.env.STUNTDOUBLE_ROUNDS ?? 1);

/** Shortens 30 seconds to 100 milliseconds, for the client and the mock. */
const TIME_SCALE = 300;

/**
 * Smaller scales for cases about calls that come too early, and for compared waits: at the usual scale, a second of
 * the client is a few milliseconds, and a call takes longer than that on a busy machine.
 */
const SLOWER: Readonly<Record<string, Partial<ClientOptions>>> = {
  'CLI-POL-02': { timeScale: 30 },
  'CLI-POL-03': { timeScale: 1, quick: true },
  'CLI-CRE-06': { timeScale: 30 },
  'CLI-CRE-09': { timeScale: 30, giveUpWithin: '10m' },
  'CLI-CRE-10': { timeScale: 30 },
  'CLI-CBK-01': { timeScale: 30 },
  'CLI-EXT-01': { timeScale: 30 },
  'CLI-EXT-02': { timeScale: 30 },
};

function judge(makeup: Makeup, options: Partial<ClientOptions> = {}): Promise<SuiteReport> {
  const { timeScale = TIME_SCALE } = options;
  return judgeClient({
    run: makeClient({ ...makeup, timeScale }),
    timeScale,
    // The waits of the correct client, 20 minutes in total, last longer on a busy machine.
    giveUpWithin: '100m',
    // Only a run that hangs reaches this limit.
    timeLimit: HANG_LIMIT_MS / 4,
    // A busy machine must not make the client fail.
    downloadWithin: '100m',
    concurrency: 2,
    jobs: 8,
    ...options,
  });
}

/** Returns the client with shorter poll intervals, which still exceed the minimum interval. */
function withShortIntervals({ parts, ...makeup }: Makeup): Makeup {
  const { pollEvery, pollErrorEvery, firstPollAfter } = { ...GOOD_CLIENT, ...parts };
  const shorter = {
    pollEvery: (n: number) => pollEvery(n) / 20,
    pollErrorEvery: pollErrorEvery / 20,
    firstPollAfter: firstPollAfter / 20,
  };
  return { ...makeup, parts: { ...parts, ...shorter } };
}

function consequencesOf(id: string): string[] {
  return COSTS_THE_VIDEO.has(id) ? ['CLI-END-01'] : [];
}

type Broken = ReturnType<typeof brokenIn>;

/** Returns the failed cases. Cases about early calls are judged separately at a smaller scale. */
async function everythingBroken(id: string, makeup: Makeup, slower = SLOWER[id]): Promise<Broken> {
  if (slower === undefined) return brokenIn(await judge(makeup));
  const ids = CLIENT_CASES.map((one) => one.id);
  const only = [id, ...consequencesOf(id)];
  const reports = await Promise.all([
    judge(slower.timeScale === 1 ? withShortIntervals(makeup) : makeup, {
      giveUpWithin: '2m',
      ...slower,
      only,
    }),
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

/** Returns the ids in the order of a report. */
function inOrder(ids: readonly string[]): string[] {
  return CLIENT_CASES.map(({ id }) => id).filter((id) => ids.includes(id));
}

function without(status: string, { cases }: SuiteReport): string[] {
  return cases.filter((one) => one.status === status).map(({ id }) => id);
}

describe.concurrent('a defective client', () => {
  it('exists for each case', () => {
    expect(Object.keys(CLIENT_DEFECTS).sort()).toEqual(CLIENT_CASES.map(({ id }) => id).sort());
  });

  it.each(Object.entries(CLIENT_DEFECTS))('fails only %s', async (id, makeup) => {
    expect(await everythingBroken(id, makeup)).toEqual(
      inOrder([id, ...consequencesOf(id)]).map((one) => [one, expect.anything()]),
    );
  });

  it.each(OTHER_DEFECTS)('fails only %s, in another way: %s', async (id, how, makeup) => {
    // A quick check has no run with an unknown task.
    const slower = how.includes('unknown') ? { timeScale: 30 } : SLOWER[id];
    expect(await everythingBroken(id, makeup, slower)).toEqual([[id, expect.anything()]]);
  });
});

describe.concurrent('a correct client', () => {
  const GOOD: readonly (readonly [string, Makeup, readonly string[]])[] = [
    ['that polls', { videos: 3 }, ['CLI-CRE-02', 'CLI-CRE-03', 'CLI-CBK-01', 'CLI-CBK-02', 'CLI-CBK-03']],
    ['that polls, and extends', { extends: true }, []],
    ['that uses callbacks', { parts: CALLED_BACK }, []],
    ['that uses callbacks, and extends', { parts: CALLED_BACK, extends: true }, []],
  ];
  it.each(GOOD)(
    '%s passes every case',
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
