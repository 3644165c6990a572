import RunwayML from '@runwayml/sdk';
import LumaAI from 'lumaai';
import Replicate from 'replicate';
import { describe, expect, it } from 'vitest';
import type { CaseReport } from '../report.ts';
import type { ClientContext } from './client-under-test.ts';
import { judgeClient } from './judge-client.ts';

/** The applications' own waits are this much shorter; those that the SDKs choose are not. */
const TIME_SCALE = 20;

const RULES = ['CLI-API', 'CLI-END', 'CLI-AUTH', 'CLI-CRE-01', 'CLI-CRE-04', 'CLI-CRE-09', 'CLI-POL-03'];

async function judge(
  run: (context: ClientContext) => Promise<void>,
  timeScale = TIME_SCALE,
): Promise<ReadonlyMap<string, CaseReport>> {
  const { cases } = await judgeClient({
    run,
    only: RULES,
    timeScale,
    timeLimit: '12s',
    giveUpWithin: '2m',
    // Fewer than usual: the waits that are compared are half a second, which a crowd of runs would blur.
    jobs: 3,
  });
  return new Map(cases.map((one) => [one.id, one]));
}

function brokenIn(cases: ReadonlyMap<string, CaseReport>): string[] {
  return [...cases.values()].filter(({ status }) => status === 'failed').map(({ id }) => id);
}

function wordsOf(cases: ReadonlyMap<string, CaseReport>, id: string): string {
  return Object.values(cases.get(id)?.verdicts ?? {})
    .map(({ actual }) => actual)
    .join('\n');
}

/** Asks every five seconds of the application's time, for three minutes. */
async function waitFor<Task>(look: () => Promise<Task>, isDone: (task: Task) => boolean): Promise<Task> {
  for (let n = 0; n < 36; n++) {
    await new Promise((resolve) => setTimeout(resolve, 5000 / TIME_SCALE));
    const task = await look();
    if (isDone(task)) return task;
  }
  throw new Error('it takes too long');
}

async function download(url: unknown): Promise<void> {
  const media = await fetch(String(url));
  await media.arrayBuffer();
}

const runway =
  (options: { maxRetries?: number }) =>
  async ({ url, key, prompt }: ClientContext): Promise<void> => {
    const sdk = new RunwayML({ apiKey: key, baseURL: url, ...options });
    const { id } = await sdk.textToVideo.create({
      model: 'veo3.1',
      promptText: prompt,
      ratio: '1280:720',
      duration: 8,
    });
    const task = await waitFor(
      () => sdk.tasks.retrieve(id),
      ({ status }) => status === 'SUCCEEDED' || status === 'FAILED',
    );
    if (task.status !== 'SUCCEEDED') throw new Error(JSON.stringify(task));
    await download(task.output[0]);
  };

const luma =
  (options: { maxRetries?: number }) =>
  async ({ url, key, prompt }: ClientContext): Promise<void> => {
    const sdk = new LumaAI({ authToken: key, baseURL: `${url}/dream-machine/v1`, ...options });
    const { id = '' } = await sdk.generations.create({ model: 'ray-2', prompt });
    const { state, failure_reason, assets } = await waitFor(
      () => sdk.generations.get(id),
      (generation) => generation.state === 'completed' || generation.state === 'failed',
    );
    if (state !== 'completed') throw new Error(failure_reason ?? '');
    await download(assets?.video);
  };

const replicate = async ({ url, key, prompt }: ClientContext): Promise<void> => {
  const sdk = new Replicate({ auth: key, baseUrl: `${url}/v1` });
  const { id } = await sdk.predictions.create({ model: 'acme/video', input: { prompt } });
  const { status, error, output } = await waitFor(
    () => sdk.predictions.get(id),
    (prediction) => prediction.status === 'succeeded' || prediction.status === 'failed',
  );
  if (status !== 'succeeded') throw new Error(String(error));
  await download(output);
};

describe.concurrent('an application of an SDK, with the retries that the SDK has by default', () => {
  it('@runwayml/sdk: its repeated submission is the only trouble, and the verdict names the SDK', async () => {
    const cases = await judge(runway({}));
    expect(brokenIn(cases)).toEqual(['CLI-CRE-04']);
    expect(wordsOf(cases, 'CLI-CRE-04')).toMatch(
      /RunwayML\/JS \S+ repeated the request by itself: its maxRetries/,
    );
  });

  it('lumaai: the same', async () => {
    const cases = await judge(luma({}));
    expect(brokenIn(cases)).toEqual(['CLI-CRE-04']);
    expect(wordsOf(cases, 'CLI-CRE-04')).toMatch(
      /LumaAI\/JS \S+ repeated the request by itself: its maxRetries/,
    );
  });

  it('replicate: it repeats submissions at once, and the verdicts name it', async () => {
    // What comes at once takes some milliseconds on a busy machine, and those count by the scale.
    const cases = await judge(replicate, 5);
    expect(brokenIn(cases)).toEqual(['CLI-CRE-04', 'CLI-CRE-09']);
    for (const id of brokenIn(cases)) expect(wordsOf(cases, id)).toContain('replicate-javascript/1.4.0');
  });
});

describe.concurrent('an application that switches the retries of its SDK off', () => {
  it.each([
    ['@runwayml/sdk', runway({ maxRetries: 0 })],
    ['lumaai', luma({ maxRetries: 0 })],
  ])('%s: breaks nothing', async (_name, run) => {
    expect(brokenIn(await judge(run))).toEqual([]);
  });
});
