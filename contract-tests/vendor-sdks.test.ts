import RunwayML from '@runwayml/sdk';
import LumaAI from 'lumaai';
import Replicate, { validateWebhook } from 'replicate';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { mockAndReceiver } from '../fixtures/mock-and-receiver.ts';
import type { ScriptedReceiver } from '../fixtures/receivers/scripted-receiver.ts';
import type { MockServer } from '../mock-server/index.ts';

/** The vendors' own SDKs as they are on the registry: their base URL is changed and nothing else. */

const { startMock, receiver, closeAll } = mockAndReceiver();
afterEach(closeAll);

/** The one vendor of the three that calls nobody back. */
describe('@runwayml/sdk', () => {
  const sdk = ({ url }: MockServer) => new RunwayML({ apiKey: 'key', baseURL: url, maxRetries: 0 });
  const IMAGE = {
    model: 'gen4_turbo',
    promptImage: 'https://example.com/lighthouse.png',
    promptText: 'The lamp begins to turn',
    ratio: '1280:720',
    duration: 5,
  } as const;

  it('creates and polls a task until it has an output that can be downloaded', async () => {
    const mock = await startMock();
    const client = sdk(mock);
    const { id } = await client.imageToVideo.create(IMAGE);
    expect(await client.tasks.retrieve(id)).toMatchObject({ id, status: 'PENDING' });
    await mock.clock.advance('10s');
    expect(await client.tasks.retrieve(id)).toMatchObject({
      status: 'RUNNING',
      progress: expect.closeTo(0.2, 0.2),
    });
    await mock.clock.advance('1m');
    const task = await client.tasks.retrieve(id);
    if (task.status !== 'SUCCEEDED') throw new Error(task.status);
    const media = await fetch(task.output[0] ?? '');
    expect(media.headers.get('content-type')).toBe('video/mp4');
  });

  it('waits for the output by itself', async () => {
    const mock = await startMock();
    const client = sdk(mock);
    const { id } = await client.textToVideo.create({
      model: 'veo3.1',
      promptText: 'A storm',
      ratio: '1280:720',
    });
    await mock.clock.advance('2m');
    const { output } = await client.tasks.retrieve(id).waitForTaskOutput();
    expect(output).toHaveLength(1);
  });

  it('is told of a failure with its code, by an error of its own', async () => {
    const mock = await startMock({ scenario: 'fail.moderation' });
    const client = sdk(mock);
    const { id } = await client.imageToVideo.create(IMAGE);
    await mock.clock.advance('2m');
    await expect(client.tasks.retrieve(id).waitForTaskOutput()).rejects.toMatchObject({
      name: 'TaskFailedError',
      taskDetails: { status: 'FAILED', failureCode: 'SAFETY.INPUT.TEXT' },
    });
  });

  it('cancels a running task with DELETE, and deletes one that has ended', async () => {
    const mock = await startMock();
    const client = sdk(mock);
    const { id } = await client.imageToVideo.create(IMAGE);
    await client.tasks.delete(id);
    expect(await client.tasks.retrieve(id)).toMatchObject({ status: 'CANCELLED', cost: { credits: 0 } });
    await client.tasks.delete(id);
    await expect(client.tasks.retrieve(id)).rejects.toBeInstanceOf(RunwayML.NotFoundError);
    await expect(client.tasks.delete(id)).rejects.toBeInstanceOf(RunwayML.NotFoundError);
  });

  it('lets the tasks over the limit wait as THROTTLED, and moves them up when one is canceled', async () => {
    const mock = await startMock({ concurrency: 1 });
    const client = sdk(mock);
    const first = await client.imageToVideo.create(IMAGE);
    const second = await client.imageToVideo.create(IMAGE);
    expect((await client.tasks.retrieve(first.id)).status).toBe('PENDING');
    expect((await client.tasks.retrieve(second.id)).status).toBe('THROTTLED');
    await client.tasks.delete(first.id);
    expect((await client.tasks.retrieve(second.id)).status).toBe('PENDING');
  });

  it('gets its own classes of error for 400, 401 and 429', async () => {
    const mock = await startMock({ rateLimit: '1/10s', apiKeys: ['key'] });
    const client = sdk(mock);
    await expect(client.imageToVideo.create({ ...IMAGE, ratio: '16:9' as never })).rejects.toBeInstanceOf(
      RunwayML.BadRequestError,
    );
    await client.imageToVideo.create(IMAGE);
    await expect(client.imageToVideo.create(IMAGE)).rejects.toBeInstanceOf(RunwayML.RateLimitError);
    await mock.clock.advance('10s');
    await expect(client.imageToVideo.create(IMAGE)).resolves.toMatchObject({ id: expect.any(String) });
    const stranger = new RunwayML({ apiKey: 'other', baseURL: mock.url, maxRetries: 0 });
    await expect(stranger.tasks.retrieve('x')).rejects.toBeInstanceOf(RunwayML.AuthenticationError);
  });
});

describe('lumaai', () => {
  const sdk = ({ url }: MockServer) =>
    new LumaAI({ authToken: 'key', baseURL: `${url}/dream-machine/v1`, maxRetries: 0 });

  it('is called back with the whole object when the generation begins to dream and when it ends', async () => {
    const mock = await startMock();
    const client = sdk(mock);
    const { url, posts } = await receiver();
    const { id = '', state } = await client.generations.video.create({
      model: 'ray-2',
      prompt: 'A lighthouse',
      callback_url: url,
    });
    expect(state).toBe('queued');
    await mock.clock.advance('2m');
    expect(posts.map(({ body }) => JSON.parse(body).state)).toEqual(['dreaming', 'completed']);
    expect(JSON.parse(posts[1]?.body ?? '')).toEqual(await client.generations.get(id));
    expect((await client.generations.get(id)).assets?.video).toContain('/__media/');
  });

  it('tries again three times, 100 ms apart, when the answer is not 200', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver(201);
    const { id = '' } = await sdk(mock).generations.create({ model: 'ray-2', callback_url: url });
    await mock.clock.advance('2m');
    const [first] = mock.tasks.get(id)?.deliveries ?? [];
    expect(first).toMatchObject({ status: 'abandoned' });
    const at = (first?.attempts ?? []).map((attempt) => Date.parse(attempt.at));
    expect(at.map((time) => time - (at[0] ?? 0))).toEqual([0, 100, 200, 300]);
    expect(posts).toHaveLength(8);
  });

  it('reads why a generation failed', async () => {
    const mock = await startMock({ scenario: 'fail.moderation' });
    const client = sdk(mock);
    const { id = '' } = await client.generations.image.create({ model: 'photon-1', prompt: 'A cat' });
    await mock.clock.advance('2m');
    expect(await client.generations.get(id)).toMatchObject({
      state: 'failed',
      failure_reason: 'Prompt was flagged by moderation',
    });
    await expect(client.generations.get('nobody')).rejects.toBeInstanceOf(LumaAI.NotFoundError);
  });
});

describe('replicate', () => {
  const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const sdk = ({ url }: MockServer) => new Replicate({ auth: 'key', baseUrl: `${url}/v1` });
  const VERSION = '5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa';
  const INPUT = { prompt: 'A lighthouse' };
  const statuses = ({ posts }: ScriptedReceiver) => posts.map(({ body }) => JSON.parse(body).status);

  it('signs its webhooks so that validateWebhook takes them, and no others', async () => {
    const mock = await startMock({ secret: SECRET });
    const told = await receiver();
    await sdk(mock).predictions.create({ version: VERSION, input: INPUT, webhook: told.url });
    await mock.clock.advance('2m');
    expect(statuses(told)).toEqual(['starting', 'processing', 'succeeded', 'succeeded']);
    for (const { headers, body } of told.posts) {
      const sent = new Request('http://localhost/', {
        method: 'POST',
        headers: headers as Record<string, string>,
        body,
      });
      expect(await validateWebhook(sent.clone(), SECRET)).toBe(true);
      expect(() => new Webhook(SECRET).verify(body, headers as Record<string, string>)).not.toThrow();
      expect(await validateWebhook(sent, 'whsec_c29tZWJvZHkgZWxzZQ==')).toBe(false);
    }
  });

  it('sends the events that were chosen, and no others', async () => {
    const mock = await startMock();
    const told = await receiver();
    await sdk(mock).predictions.create({
      version: VERSION,
      input: INPUT,
      webhook: told.url,
      webhook_events_filter: ['start', 'completed'],
    });
    await mock.clock.advance('2m');
    expect(statuses(told)).toEqual(['starting', 'succeeded']);
  });

  it('repeats the last event alone, until any 2xx', async () => {
    const mock = await startMock();
    const told = await receiver(500, 500, 500, 500, 202);
    const { id } = await sdk(mock).predictions.create({
      model: 'acme/video',
      input: INPUT,
      webhook: told.url,
      webhook_events_filter: ['start', 'completed'],
    });
    await mock.clock.advance('5m');
    const deliveries = mock.tasks.get(id)?.deliveries ?? [];
    expect(deliveries.map(({ status, attempts }) => [status, attempts.length])).toEqual([
      ['abandoned', 1],
      ['acknowledged', 4],
    ]);
  });

  it('cancels, and tells of it', async () => {
    const mock = await startMock();
    const client = sdk(mock);
    const told = await receiver();
    const { id } = await client.predictions.create({
      model: 'acme/video',
      input: INPUT,
      webhook: told.url,
      webhook_events_filter: ['completed'],
    });
    expect(await client.predictions.cancel(id)).toMatchObject({
      id,
      status: 'canceled',
      model: 'acme/video',
    });
    await mock.settled();
    await mock.clock.advance('5m');
    expect(statuses(told)).toEqual(['canceled']);
    expect((await client.predictions.cancel(id)).status).toBe('canceled');
  });

  it('runs a model to its output, polling on the way', async () => {
    const mock = await startMock({ clock: 'polls' });
    const output = await sdk(mock).run('acme/video', { input: INPUT, wait: { mode: 'poll', interval: 1 } });
    expect(String(output)).toContain('/__media/');
  });
});
