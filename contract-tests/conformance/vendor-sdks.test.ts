import RunwayML from '@runwayml/sdk';
import LumaAI from 'lumaai';
import Replicate, { validateWebhook } from 'replicate';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';
import type { ScriptedReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import type { MockServer } from '../../mock-server/index.ts';

/** The vendors' own SDKs as published; only their base URL is changed. */

const { startMock, receiver, closeAll } = mockAndReceiver();
afterEach(closeAll);

/** The only one of the three vendors without callbacks. */
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

  it('waits for the output itself', async () => {
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

  it("gets a failure with its code as the SDK's error class", async () => {
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

  it('keeps tasks over the limit THROTTLED, and advances them when one is canceled', async () => {
    const mock = await startMock({ concurrency: 1 });
    const client = sdk(mock);
    const first = await client.imageToVideo.create(IMAGE);
    const second = await client.imageToVideo.create(IMAGE);
    expect((await client.tasks.retrieve(first.id)).status).toBe('PENDING');
    expect((await client.tasks.retrieve(second.id)).status).toBe('THROTTLED');
    await client.tasks.delete(first.id);
    expect((await client.tasks.retrieve(second.id)).status).toBe('PENDING');
  });

  it('gets its own error classes for 400, 401, and 429', async () => {
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

  it.each<[string, object]>([
    ['without a ratio', { ratio: undefined }],
    ['with a ratio of another model', { ratio: '1920:1080' }],
    ['of an unknown model', { model: 'gen9' }],
    ['without a model', { model: undefined }],
    ['whose image is neither a URL nor a data URI', { promptImage: 'cat.png' }],
    ['whose image is not an HTTPS URL', { promptImage: 'http://example.com/cat.png' }],
    ['whose image is a video', { promptImage: 'data:video/mp4;base64,AAAA' }],
    ['whose images have no position', { promptImage: [{ uri: 'https://example.com/cat.png' }] }],
    ['whose prompt is longer than 1000 characters', { promptText: 'a'.repeat(1001) }],
    ['whose seed is not a whole number', { seed: 1.5 }],
  ])("has a request refused %s, as in the SDK's types", async (_what, change) => {
    const mock = await startMock();
    const request = { ...IMAGE, ...change } as typeof IMAGE;
    const refused = await sdk(mock)
      .imageToVideo.create(request)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RunwayML.BadRequestError);
    expect((refused as Error).message).toContain(Object.keys(change)[0]);
    expect(mock.tasks.all()).toEqual([]);
  });

  it.each<[string, RunwayML.ImageToVideoCreateParams]>([
    ['a data URI', { ...IMAGE, promptImage: 'data:image/png;base64,iVBORw0KGgo=' }],
    ['a data URI of 5 MB', { ...IMAGE, promptImage: `data:image/png;base64,${'A'.repeat(5_000_000)}` }],
    ['an upload', { ...IMAGE, promptImage: 'runway://cat' }],
    ['a list', { ...IMAGE, promptImage: [{ uri: 'https://example.com/cat.png', position: 'first' }] }],
    [
      'a list without positions, where the model allows it',
      { model: 'seedance2', promptImage: [{ uri: 'https://example.com/cat.png' }], duration: 'auto' },
    ],
    [
      'the fewest fields of a model without a ratio',
      { model: 'happyhorse_1_0', promptImage: 'https://example.com/cat.png' },
    ],
  ])('has a request accepted with %s', async (_what, request) => {
    const mock = await startMock();
    await expect(sdk(mock).imageToVideo.create(request)).resolves.toMatchObject({ id: expect.any(String) });
  });

  const VIDEO = 'https://example.com/lighthouse.mp4';
  const SOUND = 'https://example.com/keeper.mp3';
  const LAMP = { uri: 'https://example.com/lamp.png' };
  const RECIPE = { version: '2026-06' } as const;
  const VOICE = { type: 'runway-preset', presetId: 'Maya' } as const;
  it.each<[string, string, (client: RunwayML) => PromiseLike<{ id: string }>]>([
    ['an edited video', 'video/mp4', (c) => c.videoToVideo.create({ model: 'aleph2', videoUri: VIDEO })],
    [
      'an image',
      'image/png',
      (c) => c.textToImage.create({ model: 'gen4_image', promptText: 'A storm', ratio: '1920:1080' }),
    ],
    [
      'a performance',
      'video/mp4',
      (c) =>
        c.characterPerformance.create({
          model: 'act_two',
          character: { type: 'image', uri: 'https://example.com/keeper.png' },
          reference: { type: 'video', uri: VIDEO },
        }),
    ],
    [
      'an avatar',
      'video/mp4',
      (c) =>
        c.avatarVideos.create({
          model: 'gwm1_avatars',
          avatar: { type: 'runway-preset', presetId: 'cat-character' },
          speech: { type: 'text', text: 'Hello' },
        }),
    ],
    [
      'a video with a higher frame rate',
      'video/mp4',
      (c) => c.videoUpscale.create({ model: 'enhance_frame_rate', targetFramerate: '60', videoUri: VIDEO }),
    ],
    [
      'an upscaled image',
      'image/png',
      (c) =>
        c.imageUpscale.create({
          model: 'magnific_precision_upscaler_v2',
          imageUri: 'https://example.com/a.png',
        }),
    ],
    ['an HDR video', 'video/mp4', (c) => c.videoToHdr.create({ model: 'ruby', videoUri: VIDEO })],
    [
      'a sound',
      'audio/wav',
      (c) => c.soundEffect.create({ model: 'eleven_text_to_sound_v2', promptText: 'Waves' }),
    ],
    [
      'speech',
      'audio/wav',
      (c) => c.textToSpeech.create({ model: 'eleven_v3', promptText: 'Hello', voice: VOICE }),
    ],
    [
      'speech in another voice',
      'audio/wav',
      (c) =>
        c.speechToSpeech.create({
          model: 'eleven_multilingual_sts_v2',
          media: { type: 'audio', uri: SOUND },
          voice: VOICE,
        }),
    ],
    [
      'dubbed speech',
      'audio/wav',
      (c) => c.voiceDubbing.create({ model: 'eleven_voice_dubbing', audioUri: SOUND, targetLang: 'es' }),
    ],
    [
      'an isolated voice',
      'audio/wav',
      (c) => c.voiceIsolation.create({ model: 'eleven_voice_isolation', audioUri: SOUND }),
    ],
    [
      'an ad in another language',
      'image/png',
      (c) => c.recipes.adLocalization({ ...RECIPE, referenceImage: LAMP, targetLanguage: 'ja' }),
    ],
    ['marketing images', 'image/png', (c) => c.recipes.marketingStockImage({ ...RECIPE, prompt: 'A lamp' })],
    [
      'a multi-shot video',
      'video/mp4',
      (c) =>
        c.recipes.multiShotVideo({ ...RECIPE, mode: 'custom', shots: [{ duration: 5, prompt: 'A lamp' }] }),
    ],
    ['an ad', 'video/mp4', (c) => c.recipes.productAd({ version: 'unsafe-latest', productImages: [LAMP] })],
    [
      'a campaign image',
      'image/png',
      (c) => c.recipes.productCampaignImage({ ...RECIPE, image: LAMP, prompt: 'Bright' }),
    ],
    [
      'a video with a replaced product',
      'video/mp4',
      (c) =>
        c.recipes.productSwap({
          version: 'unsafe-latest',
          newProductImages: [LAMP],
          originalProductImage: LAMP,
          referenceVideo: { uri: VIDEO },
        }),
    ],
    [
      'a product video',
      'video/mp4',
      (c) => c.recipes.productUgc({ version: 'unsafe-latest', characterImage: LAMP, productImage: LAMP }),
    ],
  ])('creates %s', async (_what, contentType, create) => {
    const mock = await startMock();
    const client = sdk(mock);
    const { id } = await create(client);
    await mock.clock.advance('2m');
    const task = await client.tasks.retrieve(id);
    if (task.status !== 'SUCCEEDED') throw new Error(task.status);
    expect(task.output).toHaveLength(1);
    const media = await fetch(task.output[0] ?? '');
    expect([media.status, media.headers.get('content-type')]).toEqual([200, contentType]);
  });

  it('reads its organization and its usage', async () => {
    const mock = await startMock();
    const client = sdk(mock);
    expect(await client.organization.retrieve()).toMatchObject({ creditBalance: expect.any(Number) });
    expect(await client.organization.retrieveUsage()).toEqual({ models: [], results: [] });
    const since = { startDate: '2026-01-01' };
    expect(await client.organization.retrieveUsage(since)).toMatchObject({ results: [] });
  });

  it('gets an error for an operation that exists but is not mocked', async () => {
    const mock = await startMock();
    await expect(sdk(mock).avatars.retrieve('someone')).rejects.toThrow(/exists at .* but is not mocked/);
  });
});

describe('lumaai', () => {
  const sdk = ({ url }: MockServer) =>
    new LumaAI({ authToken: 'key', baseURL: `${url}/dream-machine/v1`, maxRetries: 0 });

  it('sends callbacks with the whole object when the generation starts dreaming and when it ends', async () => {
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

  it('retries three times, 100 ms apart, when the answer is not 200', async () => {
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

  const MEDIA = { url: 'https://example.com/lighthouse.mp4' };
  it.each<[string, 'video' | 'image', (client: LumaAI) => PromiseLike<LumaAI.Generation>]>([
    [
      'modifies a video',
      'video',
      (c) =>
        c.generations.video.modify({
          generation_type: 'modify_video',
          model: 'ray-2',
          mode: 'flex_1',
          media: MEDIA,
        }),
    ],
    [
      'reframes a video',
      'video',
      (c) =>
        c.generations.video.reframe({
          generation_type: 'reframe_video',
          model: 'ray-2',
          aspect_ratio: '9:16',
          media: MEDIA,
        }),
    ],
    [
      'reframes an image',
      'image',
      (c) =>
        c.generations.image.reframe({
          generation_type: 'reframe_image',
          model: 'photon-1',
          aspect_ratio: '9:16',
          media: MEDIA,
        }),
    ],
  ])('%s', async (_what, type, create) => {
    const mock = await startMock();
    const client = sdk(mock);
    const { id = '', request } = await create(client);
    expect(request).toMatchObject({ media: MEDIA });
    await mock.clock.advance('2m');
    const { assets, generation_type } = await client.generations.get(id);
    expect([generation_type, Object.keys(assets ?? {})]).toEqual([type, [type]]);
  });

  it('upscales a completed video and adds sound to it, each as a separate generation', async () => {
    const mock = await startMock();
    const client = sdk(mock);
    const { url, posts } = await receiver();
    const { id = '' } = await client.generations.create({ model: 'ray-2', prompt: 'A lighthouse' });
    await expect(client.generations.upscale(id, {})).rejects.toBeInstanceOf(LumaAI.BadRequestError);
    await expect(client.generations.audio('nobody', {})).rejects.toBeInstanceOf(LumaAI.NotFoundError);
    await mock.clock.advance('2m');
    const upscaled = await client.generations.upscale(id, { resolution: '4k', callback_url: url });
    const heard = await client.generations.audio(id, { prompt: 'Waves', callback_url: url });
    expect(new Set([id, upscaled.id, heard.id]).size).toBe(3);
    expect(upscaled.request).toMatchObject({ resolution: '4k' });
    await mock.clock.advance('2m');
    expect(posts.map(({ body }) => JSON.parse(body).state).sort()).toEqual([
      'completed',
      'completed',
      'dreaming',
      'dreaming',
    ]);
    expect((await client.generations.get(upscaled.id ?? '')).assets?.video).toContain('/__media/');
  });

  it('lists generations and deletes them', async () => {
    const mock = await startMock();
    const client = sdk(mock);
    const first = await client.generations.create({ model: 'ray-2', prompt: 'One' });
    const second = await client.generations.image.create({ model: 'photon-1', prompt: 'Two' });
    const { generations, count, has_more } = await client.generations.list();
    expect(generations.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect([count, has_more]).toEqual([2, false]);
    expect(await client.generations.list({ limit: 1, offset: 1 })).toMatchObject({
      generations: [{ id: first.id }],
      offset: 1,
    });
    await client.generations.delete(first.id ?? '');
    await expect(client.generations.get(first.id ?? '')).rejects.toBeInstanceOf(LumaAI.NotFoundError);
    expect((await client.generations.list()).generations.map(({ id }) => id)).toEqual([second.id]);
  });

  it('reads credits and concepts, and pings the API', async () => {
    const client = sdk(await startMock());
    expect((await client.credits.get()).credit_balance).toBeGreaterThan(0);
    expect(await client.generations.concepts.list()).toContain('orbit_left');
    expect((await client.ping.check()).message).toBe('pong');
  });

  it('has a request refused that its types do not allow', async () => {
    const client = sdk(await startMock());
    const create = (change: object) =>
      client.generations.video.create({ model: 'ray-2', prompt: 'A cat', ...change });
    await expect(create({ model: 'ray-9' })).rejects.toThrow(/model/);
    await expect(create({ keyframes: { frame0: { type: 'image' } } })).rejects.toThrow(/keyframes/);
    await expect(create({ aspect_ratio: '5:4' })).rejects.toThrow(/aspect_ratio/);
    await expect(create({ duration: '10s', resolution: '8k' })).resolves.toMatchObject({ state: 'queued' });
  });
});

describe('replicate', () => {
  const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const sdk = ({ url }: MockServer) => new Replicate({ auth: 'key', baseUrl: `${url}/v1` });
  const VERSION = '5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa';
  const INPUT = { prompt: 'A lighthouse' };
  const statuses = ({ posts }: ScriptedReceiver) => posts.map(({ body }) => JSON.parse(body).status);

  it('signs its webhooks so that validateWebhook accepts them, and no others', async () => {
    const mock = await startMock({ secret: SECRET });
    const hook = await receiver();
    await sdk(mock).predictions.create({ version: VERSION, input: INPUT, webhook: hook.url });
    await mock.clock.advance('2m');
    expect(statuses(hook)).toEqual(['starting', 'processing', 'succeeded', 'succeeded']);
    for (const { headers, body } of hook.posts) {
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

  it('sends only the selected events', async () => {
    const mock = await startMock();
    const hook = await receiver();
    await sdk(mock).predictions.create({
      version: VERSION,
      input: INPUT,
      webhook: hook.url,
      webhook_events_filter: ['start', 'completed'],
    });
    await mock.clock.advance('2m');
    expect(statuses(hook)).toEqual(['starting', 'succeeded']);
  });

  it('retries only the last event, until any 2xx', async () => {
    const mock = await startMock();
    const hook = await receiver(500, 500, 500, 500, 202);
    const { id } = await sdk(mock).predictions.create({
      model: 'acme/video',
      input: INPUT,
      webhook: hook.url,
      webhook_events_filter: ['start', 'completed'],
    });
    await mock.clock.advance('5m');
    const deliveries = mock.tasks.get(id)?.deliveries ?? [];
    expect(deliveries.map(({ status, attempts }) => [status, attempts.length])).toEqual([
      ['abandoned', 1],
      ['acknowledged', 4],
    ]);
  });

  it('cancels a prediction and sends the event', async () => {
    const mock = await startMock();
    const client = sdk(mock);
    const hook = await receiver();
    const { id } = await client.predictions.create({
      model: 'acme/video',
      input: INPUT,
      webhook: hook.url,
      webhook_events_filter: ['completed'],
    });
    expect(await client.predictions.cancel(id)).toMatchObject({
      id,
      status: 'canceled',
      model: 'acme/video',
    });
    await mock.settled();
    await mock.clock.advance('5m');
    expect(statuses(hook)).toEqual(['canceled']);
    expect((await client.predictions.cancel(id)).status).toBe('canceled');
  });

  it('pages through its predictions', async () => {
    const mock = await startMock({ rateLimit: 'off' });
    const client = sdk(mock);
    for (let n = 0; n < 120; n++) await client.predictions.create({ version: VERSION, input: { n } });
    const found: unknown[] = [];
    for await (const page of client.paginate(client.predictions.list)) {
      found.push(...page.map(({ input }) => (input as { n: number }).n));
    }
    expect(found).toEqual(Array.from({ length: 120 }, (_, n) => 119 - n));
  });

  it('runs deployments', async () => {
    const mock = await startMock();
    const client = sdk(mock);
    const hook = await receiver();
    const { id } = await client.deployments.predictions.create('acme', 'video', {
      input: INPUT,
      webhook: hook.url,
      webhook_events_filter: ['completed'],
    });
    await mock.clock.advance('2m');
    expect(statuses(hook)).toEqual(['succeeded']);
    expect((await client.predictions.get(id)).status).toBe('succeeded');
  });

  it('reads the secret that its webhooks are signed with', async () => {
    const mock = await startMock({ secret: SECRET });
    const { key } = await sdk(mock).webhooks.default.secret.get();
    const hook = await receiver();
    await sdk(mock).predictions.create({ version: VERSION, input: INPUT, webhook: hook.url });
    await mock.clock.advance('2m');
    const [first] = hook.posts;
    const headers = first?.headers as Record<string, string>;
    expect(() => new Webhook(key).verify(first?.body ?? '', headers)).not.toThrow();
    await expect(sdk(await startMock()).webhooks.default.secret.get()).rejects.toThrow(/--secret/);
  });

  it('reads its account and the hardware', async () => {
    const client = sdk(await startMock());
    expect(await client.accounts.current()).toMatchObject({ type: 'user', username: 'stunt-double' });
    expect(await client.hardware.list()).toContainEqual({ sku: 'cpu', name: 'CPU' });
  });

  it('accepts files of ten million bytes in the body', async () => {
    const mock = await startMock();
    const client = new Replicate({
      auth: 'key',
      baseUrl: `${mock.url}/v1`,
      fileEncodingStrategy: 'data-uri',
    });
    const image = Buffer.alloc(9_900_000);
    await expect(client.predictions.create({ version: VERSION, input: { image } })).resolves.toMatchObject({
      status: 'starting',
    });
  });

  it('sends files in the body, because uploads are not mocked', async () => {
    const mock = await startMock();
    const input = { image: Buffer.from('a cat') };
    const prediction = await sdk(mock).predictions.create({ version: VERSION, input });
    expect(prediction.input).toEqual({ image: 'data:application/octet-stream;base64,YSBjYXQ=' });
  });

  it('gets an error for an operation that exists but is not mocked', async () => {
    const mock = await startMock();
    await expect(sdk(mock).models.get('acme', 'video')).rejects.toThrow(/exists at .* but is not mocked/);
  });

  it('runs a model to its output, polling while it waits', async () => {
    const mock = await startMock({ clock: 'polls' });
    const output = await sdk(mock).run('acme/video', { input: INPUT, wait: { mode: 'poll', interval: 1 } });
    expect(String(output)).toContain('/__media/');
  });
});
