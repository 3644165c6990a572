import RunwayML from '@runwayml/sdk';
import LumaAI from 'lumaai';
import Replicate from 'replicate';
import { describe, expect, it } from 'vitest';
import type { CaseReport } from '../report.ts';
import type { ClientContext } from './client-under-test.ts';
import { judgeClient } from './judge-client.ts';

/** Factor by which the waits of the applications are shortened; the waits of the SDKs are not. */
const TIME_SCALE = 20;

const CASES = ['CLI-API', 'CLI-END', 'CLI-AUTH', 'CLI-CRE-01', 'CLI-CRE-04', 'CLI-CRE-09', 'CLI-POL-03'];

async function judge(
  run: (context: ClientContext) => Promise<void>,
  timeScale = TIME_SCALE,
): Promise<ReadonlyMap<string, CaseReport>> {
  const { cases } = await judgeClient({
    run,
    only: CASES,
    timeScale,
    timeLimit: '12s',
    giveUpWithin: '2m',
    // Few runs in parallel, because many would distort the compared waits of half a second.
    jobs: 3,
  });
  return new Map(cases.map((one) => [one.id, one]));
}

function brokenIn(cases: ReadonlyMap<string, CaseReport>): string[] {
  return [...cases.values()].filter(({ status }) => status === 'failed').map(({ id }) => id);
}

function actualOf(cases: ReadonlyMap<string, CaseReport>, id: string): string {
  return Object.values(cases.get(id)?.verdicts ?? {})
    .map(({ actual }) => actual)
    .join('\n');
}

/** Polls every five seconds of the application's time, for three minutes. */
async function waitFor<Task>(look: () => Promise<Task>, isDone: (task: Task) => boolean): Promise<Task> {
  for (let n = 0; n < 36; n++) {
    await new Promise((resolve) => setTimeout(resolve, 5000 / TIME_SCALE));
    const task = await look();
    if (isDone(task)) return task;
  }
  throw new Error('the task did not finish in time');
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

describe.concurrent('an application with the default retries of its SDK', () => {
  it('fails only CLI-CRE-04, and the verdict names the SDK: @runwayml/sdk', async () => {
    const cases = await judge(runway({}));
    expect(brokenIn(cases)).toEqual(['CLI-CRE-04']);
    expect(actualOf(cases, 'CLI-CRE-04')).toMatch(
      /RunwayML\/JS \S+ retried the request automatically \(see its maxRetries/,
    );
  });

  it('fails only CLI-CRE-04, and the verdict names the SDK: lumaai', async () => {
    const cases = await judge(luma({}));
    expect(brokenIn(cases)).toEqual(['CLI-CRE-04']);
    expect(actualOf(cases, 'CLI-CRE-04')).toMatch(
      /LumaAI\/JS \S+ retried the request automatically \(see its maxRetries/,
    );
  });

  it('fails for immediate resubmissions, and the verdicts name the SDK: replicate', async () => {
    // An immediate retry takes some milliseconds on a busy machine, which the scale multiplies.
    const cases = await judge(replicate, 5);
    expect(brokenIn(cases)).toEqual(['CLI-CRE-04', 'CLI-CRE-09']);
    for (const id of brokenIn(cases)) expect(actualOf(cases, id)).toContain('replicate-javascript/1.4.0');
  });
});

describe.concurrent('an application that disables the retries of its SDK', () => {
  it.each([
    ['@runwayml/sdk', runway({ maxRetries: 0 })],
    ['lumaai', luma({ maxRetries: 0 })],
  ])('passes every case: %s', async (_name, run) => {
    expect(brokenIn(await judge(run))).toEqual([]);
  });
});
