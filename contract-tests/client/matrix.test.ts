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
import { judgeClient } from './judge-client.ts';

/** The judge must not accuse anybody, however often it looks; `npm run test:matrix` looks twenty times. */
const ROUNDS = Number(process.env.STUNTDOUBLE_ROUNDS ?? 1);

/** Half a minute takes a tenth of a second, for the client as for the mock. */
const TIME_SCALE = 300;

/** A second is some milliseconds otherwise, and a busy machine takes longer for a call. */
function scaleFor(id: string): number {
  return ['CLI-POL-03', 'CLI-CRE-10', 'CLI-CBK-01'].includes(id) ? 100 : TIME_SCALE;
}

function judge(makeup: Makeup, timeScale = TIME_SCALE): Promise<SuiteReport> {
  return judgeClient({
    run: makeClient({ ...makeup, timeScale }),
    timeScale,
    giveUpWithin: '25m',
    // A good deal more than that.
    timeLimit: (8000 * TIME_SCALE) / timeScale,
    // A machine that is busy is no slow client.
    downloadWithin: '10m',
    concurrency: 2,
    jobs: 8,
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
    expect(brokenIn(await judge(makeup, scaleFor(id)))).toEqual(
      inOrder([id, ...consequences]).map((one) => [one, expect.anything()]),
    );
  });

  it.each(OTHER_DEFECTS)('finds %s broken %s, and nothing else', async (id, _how, makeup) => {
    expect(brokenIn(await judge(makeup, scaleFor(id)))).toEqual([[id, expect.anything()]]);
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
