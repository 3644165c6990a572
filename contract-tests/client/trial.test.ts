import { createServer } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeClient } from '../../fixtures/clients/client.ts';
import { freePort } from '../../fixtures/free-port.ts';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import type { Activity } from '../activity.ts';
import type { SuiteReport } from '../report.ts';
import type { ClientOptions } from './client-options.ts';
import { clientCases } from './client-settings.ts';
import type { ClientContext } from './client-under-test.ts';
import { judgeClient } from './judge-client.ts';

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

describe('clients that cannot run in parallel', () => {
  /** A client that allows only one instance: others fail to start. */
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

  it('run again one at a time when they share a port', async () => {
    const report = await judgeClient({
      run: withFixedPort,
      ...SETTINGS,
      only: ['CLI-CRE', 'CLI-POL-07', 'CLI-POL-12'],
    });
    expect(brokenIn(report)).toEqual([]);
    expect(report.notes).toEqual([expect.stringContaining('Set "jobs" to 1')]);
    for (const id of ['CLI-CRE-07', 'CLI-CRE-09', 'CLI-CRE-12', 'CLI-POL-07', 'CLI-POL-12']) {
      expect([id, report.cases.find((one) => one.id === id)?.status]).toEqual([id, 'passed']);
    }
  });

  it('do not fail a case because another instance is running', async () => {
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
          if (!alone) throw new Error('another instance holds the lock');
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

describe('judgeClient', () => {
  it('stops a run when the verdict is known, long before its limit', async () => {
    const report = await judgeClient({
      run: makeClient({ timeScale: TIME_SCALE, parts: { deadline: 24 * 60 * 60_000 } }),
      ...SETTINGS,
      // A run until this limit would exceed the time limit of the test.
      timeLimit: 2 * HANG_LIMIT_MS,
      only: ['CLI-POL-13'],
    });
    expect(brokenIn(report)).toEqual(['CLI-POL-13']);
  });

  it('reports each run as an activity with its case and maximum duration', async () => {
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
        doing: 'running the client: the client is given a prompt that is one character too long',
        atMostMs: 30_000,
      },
    ]);
  });
});

describe('a quick check', () => {
  it('makes four runs, and judges the cases that they decide', async () => {
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
    ['CLI-CRE-07', { errorIn: (status: number) => (status === 200 ? null : status) }],
    ['CLI-POL-09', { stopsOnTransportError: true }],
    ['CLI-POL-14', { explainFailure: () => 'the video could not be made' }],
  ])('fails %s for its defect', async (id, parts) => {
    const report = await judgeClient({
      run: makeClient({ timeScale: TIME_SCALE, parts }),
      ...SETTINGS,
      quick: true,
    });
    expect(brokenIn(report)).toContain(id);
  });
});
