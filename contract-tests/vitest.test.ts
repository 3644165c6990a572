import { expect as jestExpect } from 'expect';
import express from 'express';
import { describe, expect, it, vi } from 'vitest';
import { makeClient } from '../fixtures/clients/client.ts';
import { stagingOf } from '../mock-server/internal.ts';
import { judgeClient } from './client/judge-client.ts';
import { clientContract, matchers, receiverContract, useMock } from './vitest.ts';

/** A typical user's app: it answers first and processes each task once. */
const app = express();
const known = new Set<string>();
app.post('/hooks/video', express.json({ limit: '1mb' }), (request, response) => {
  if (request.is('application/json') === false) {
    response.sendStatus(415);
    return;
  }
  const { code, data } = request.body as Callback;
  response.sendStatus(200);
  const taskId = data?.task_id ?? '';
  if (code !== 200 || known.has(taskId)) return;
  known.add(taskId);
  for (const url of [data?.video_url, data?.image_url]) if (isOurs(url)) void download(url);
});

interface Callback {
  readonly code: number;
  readonly data: {
    readonly task_id?: string;
    readonly video_url?: string;
    readonly image_url?: string;
  } | null;
}

function isOurs(url: string | undefined): url is string {
  return url !== undefined && URL.canParse(url) && new URL(url).hostname === '127.0.0.1';
}

async function download(url: string, n = 0): Promise<void> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    if (response.status === 410) return;
    const { byteLength } = await response.arrayBuffer();
    if (!response.ok || byteLength !== Number(response.headers.get('content-length')))
      throw new Error('not whole');
  } catch {
    if (n < 3) await download(url, n + 1);
  }
}

receiverContract({
  app,
  path: '/hooks/video',
  event: 'runway.generate',
  ackTimeout: '1s',
  only: ['RCV-ACK', 'RCV-IDM', 'RCV-ENV', 'RCV-SEC-01', 'RCV-MED'],
});

it('has judged the app above, which was called and processed tasks', () => {
  expect(known.size).toBeGreaterThan(10);
});

const stage = useMock({
  clock: 'virtual',
  seed: 7,
  key: 'sd-from-the-test',
  env: { VIDEO_API: '{url}/api/v1', VIDEO_KEY: '{key}' },
});

describe('a mock for the tests of a file', () => {
  it('listens at the URL in the environment', async () => {
    expect(process.env.VIDEO_API).toBe(`${stage.mock.url}/api/v1`);
    const response = await fetch(`${process.env.VIDEO_API}/runway/record-detail?taskId=none`, {
      headers: { authorization: `Bearer ${process.env.VIDEO_KEY}` },
    });
    expect(await response.text()).toMatchAnswer('runway', 'get-ai-video-details');
  });
});

describe('the matchers in Jest', () => {
  it('work with its expect.extend', async () => {
    jestExpect.extend(matchers);
    const { body } = await stagingOf(stage.mock).stage('runway.generate', { to: 'http://127.0.0.1:9/' });
    (jestExpect(body) as unknown as Record<string, (event: string) => void>).toMatchCallback?.(
      'runway.generate',
    );
    expect(() =>
      (jestExpect('{}') as unknown as Record<string, (event: string) => void>).toMatchCallback?.(
        'runway.generate',
      ),
    ).toThrow(/code is required/);
  });
});

/** Waits are 300 times shorter than in production. */
clientContract({
  run: makeClient({ timeScale: 300 }),
  timeScale: 300,
  timeLimit: '6s',
  giveUpWithin: '25m',
  downloadWithin: '10m',
  jobs: 8,
});

describe('a client with fake timers', () => {
  it('is judged on the virtual clock, by production times', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    try {
      const judged = (pollEvery: number) =>
        judgeClient({
          run: makeClient({ timeScale: 1, parts: { pollEvery: () => pollEvery } }),
          advanceTimers: (durationMs) => vi.advanceTimersByTimeAsync(durationMs),
          only: ['CLI-POL-02', 'CLI-POL-06'],
        });
      const good = await judged(30_000);
      expect(good.settings.time).toContain('virtual clock');
      expect(good.cases.map(({ id, status }) => [id, status])).toEqual([
        ['CLI-POL-02', 'passed'],
        ['CLI-POL-06', 'passed'],
      ]);
      const hasty = await judged(5000);
      expect(hasty.cases[0]).toMatchObject({
        status: 'failed',
        verdicts: {
          behaviour: { actual: expect.stringMatching(/^the median of \d+ intervals was 5\.0 s$/) },
        },
      });
    } finally {
      vi.useRealTimers();
    }
  });
});
