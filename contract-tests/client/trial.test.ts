import { createServer } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeClient } from '../../fixtures/clients/client.ts';
import { freePort } from '../../fixtures/free-port.ts';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import type { Activity } from '../activity.ts';
import type { SuiteReport } from '../report.ts';
import type { ClientContext } from './client-under-test.ts';
import { type ClientOptions, clientCases, judgeClient } from './judge-client.ts';

const TIME_SCALE = 300;
const SETTINGS = {
  timeScale: TIME_SCALE,
  giveUpWithin: '25m',
  timeLimit: '30s',
  downloadWithin: '10m',
  jobs: 8,
} satisfies ClientOptions;
const good = makeClient({ timeScale: TIME_SCALE });

function brokenIn({ cases }: SuiteReport): string[] {
  return cases.filter(({ status }) => status === 'failed').map(({ id }) => id);
}

describe('runs in parallel', () => {
  /** Only one of these runs at a time: the others do not start. */
  async function withFixedPort(context: ClientContext): Promise<void> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(fixedPort, '127.0.0.1', resolve);
    });
    try {
      await good(context);
    } finally {
      server.close();
    }
  }
  let fixedPort = 0;
  beforeAll(async () => {
    fixedPort = await freePort();
  });

  it('that are in each other’s way are repeated one by one', async () => {
    const report = await judgeClient({
      run: withFixedPort,
      ...SETTINGS,
      only: ['CLI-CRE', 'CLI-POL-07', 'CLI-POL-12'],
    });
    expect(brokenIn(report)).toEqual([]);
    expect(report.notes).toEqual([expect.stringContaining('--jobs 1')]);
    for (const id of ['CLI-CRE-07', 'CLI-CRE-09', 'CLI-CRE-12', 'CLI-POL-07', 'CLI-POL-12']) {
      expect([id, report.cases.find((one) => one.id === id)?.status]).toEqual([id, 'passed']);
    }
  });

  it('that fail by the presence of others accuse nobody', async () => {
    let running = 0;
    const report = await judgeClient({
      async run(context) {
        running += 1;
        try {
          const alone = running === 1;
          if (!alone)
            await fetch(`${context.url}/api/v1/runway/record-detail?taskId=x`, {
              headers: { authorization: `Bearer ${context.key}` },
            });
          if (!alone) throw new Error('the lock is taken');
          await good(context);
        } finally {
          running -= 1;
        }
      },
      ...SETTINGS,
      only: ['CLI-POL-14', 'CLI-CRE-12', 'CLI-POL-07', 'CLI-POL-12'],
    });
    expect(brokenIn(report)).toEqual([]);
  });
});

describe('a run', () => {
  it('ends when its verdict is known, long before its limit', async () => {
    const report = await judgeClient({
      run: makeClient({ timeScale: TIME_SCALE, parts: { deadline: 24 * 60 * 60_000 } }),
      ...SETTINGS,
      // A run that goes on until its limit is longer than a test may be.
      timeLimit: 2 * HANG_LIMIT_MS,
      only: ['CLI-POL-13'],
    });
    expect(brokenIn(report)).toEqual(['CLI-POL-13']);
  });

  it('is announced: what happens in it, for which case, and how long it may take', async () => {
    const activities: Activity[] = [];
    await judgeClient({
      run: good,
      ...SETTINGS,
      only: ['CLI-CRE-12', 'CLI-END'],
      onActivity: (activity) => activities.push(activity),
    });
    expect(activities).toEqual([
      { id: 'CLI-END-01', doing: 'running the client: every task succeeds', atMostMs: 30_000 },
      {
        id: 'CLI-CRE-12',
        doing: 'running the client: the client is asked for a prompt that is one character too long',
        atMostMs: 30_000,
      },
    ]);
  });
});

describe('a quick look', () => {
  it('plays four runs, and judges what they show', async () => {
    const activities: Activity[] = [];
    const report = await judgeClient({
      run: good,
      ...SETTINGS,
      quick: true,
      onActivity: (activity) => activities.push(activity),
    });
    expect(activities).toHaveLength(4);
    expect(report.cases.map(({ id }) => id)).toEqual(clientCases({ quick: true }).map(({ id }) => id));
    expect(brokenIn(report)).toEqual([]);
    expect(report.summary.passed).toBeGreaterThan(14);
  });

  it.each([
    ['CLI-API-01', { pollPath: '/api/v1/runway/record-info' }],
    ['CLI-CRE-07', { refusalIn: (status: number) => (status === 200 ? null : status) }],
    ['CLI-POL-09', { givesUpOnTrouble: true }],
    ['CLI-POL-14', { explainFailure: () => 'the video could not be made' }],
  ])('finds %s', async (id, parts) => {
    const report = await judgeClient({
      run: makeClient({ timeScale: TIME_SCALE, parts }),
      ...SETTINGS,
      quick: true,
    });
    expect(brokenIn(report)).toContain(id);
  });
});
