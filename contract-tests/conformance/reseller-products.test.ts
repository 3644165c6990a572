import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { transformWithAleph } from '../../fixtures/clients/products/aleph-client.ts';
import { editWithFluxKontext } from '../../fixtures/clients/products/flux-kontext-client.ts';
import { makeGpt4oImage } from '../../fixtures/clients/products/gpt4o-image-client.ts';
import { makeMarketImage } from '../../fixtures/clients/products/market-client.ts';
import { uploadInThreeWays } from '../../fixtures/clients/products/market-upload-client.ts';
import { makeSunoSong } from '../../fixtures/clients/products/suno-client.ts';
import { makeVeoVideo } from '../../fixtures/clients/products/veo-client.ts';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';
import type { MockServer } from '../../mock-server/index.ts';

const { startMock, receiver, closeAll } = mockAndReceiver({ profile: 'documented' });
afterEach(closeAll);

const VIDEO = 'video/mp4';
const PHOTO = 'image/jpeg';
const CLIENTS = [
  ['veo', makeVeoVideo, [VIDEO, VIDEO], 1],
  ['market', makeMarketImage, [PHOTO], 1],
  ['suno', makeSunoSong, ['audio/mpeg', 'audio/mpeg', 'audio/wav'], 4],
  ['aleph', transformWithAleph, [VIDEO, 'image/png'], 1],
  ['flux-kontext', editWithFluxKontext, [PHOTO], 1],
  ['gpt4o-image', makeGpt4oImage, ['image/png'], 1],
] as const;

async function call(mock: MockServer, path: string, body?: object) {
  const response = await fetch(mock.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

describe('a client as an integrator writes it', () => {
  it.each(CLIENTS)('gets the files and the callbacks of %s', async (name, run, types, callbacks) => {
    const mock = await startMock({ secret: 'shared' });
    const { url, posts } = await receiver();
    const pause = (seconds: number) => mock.clock.advance(`${seconds}s`);
    const files = await run({ baseUrl: mock.url, key: 'key', callBackUrl: url, pause });
    expect(files.map(({ type }) => type)).toEqual(types);
    expect(files.every(({ size }) => size > 100)).toBe(true);
    expect(mock.tasks.all().every(({ pack, outcome }) => pack === name && outcome === 'success')).toBe(true);
    await mock.clock.advance('1m');
    expect(posts).toHaveLength(callbacks);
    for (const { headers, body } of posts) {
      const { taskId, data } = JSON.parse(body);
      const text = `${data.task_id ?? data.taskId ?? taskId}.${headers['x-webhook-timestamp']}`;
      const signature = createHmac('sha256', 'shared').update(text).digest('base64');
      expect(headers['x-webhook-signature']).toBe(signature);
    }
  });

  it.each(CLIENTS)('gets the text of a failure of %s', async (name, run) => {
    const mock = await startMock({ scenario: 'success' });
    const pack = mock.packs.find((one) => one.name === name);
    const [failure] = [...(pack?.failures.values() ?? [])];
    mock.scenarios.enqueue(`fail.${failure?.slug}`);
    const pause = (seconds: number) => mock.clock.advance(`${seconds}s`);
    const { url } = await receiver();
    const made = run({ baseUrl: mock.url, key: 'key', callBackUrl: url, pause });
    await expect(made).rejects.toThrow(Object.values(failure?.messages ?? {})[0]);
  });
});

describe('an upload', () => {
  const picture = readFileSync(join(import.meta.dirname, '../../fixtures/media/cover.png'));

  it('in each of the three ways is answered as documented, and can be downloaded for three days', async () => {
    const mock = await startMock();
    const files = await uploadInThreeWays({ baseUrl: mock.url, key: 'key' }, picture);
    expect(files.map(({ filePath, mimeType }) => [filePath, mimeType])).toEqual([
      ['images/user-uploads/my-image.png', 'image/png'],
      ['images/downloaded/photo.jpg', PHOTO],
      ['images/base64/third.png', 'image/png'],
    ]);
    for (const { downloadUrl, fileSize } of files) {
      expect((await (await fetch(downloadUrl)).arrayBuffer()).byteLength).toBe(fileSize);
    }
    expect([files[0]?.fileSize, files[2]?.fileSize]).toEqual([picture.length, picture.length]);
    await mock.clock.advance('3d');
    expect(await Promise.all(files.map(async (file) => (await fetch(file.downloadUrl)).status))).toEqual([
      410, 410, 410,
    ]);
  });

  it('is refused with the texts and the status of its own', async () => {
    const mock = await startMock();
    const { status, body } = await call(mock, '/api/file-url-upload', {
      fileUrl: 'https://example.com/a.png',
    });
    const msg = 'Missing required parameter: uploadPath';
    expect([status, body]).toEqual([400, { success: false, code: 400, msg }]);
    const keyless = await fetch(`${mock.url}/api/file-base64-upload`, { method: 'POST', body: '{}' });
    expect([keyless.status, await keyless.json()]).toEqual([
      401,
      { success: false, code: 401, msg: 'Authentication failed: Invalid API Key' },
    ]);
  });
});

describe('the images of Flux Kontext', () => {
  it('are available for 10 minutes and 14 days', async () => {
    const mock = await startMock();
    const { data } = (await call(mock, '/api/v1/flux/kontext/generate', { prompt: 'A red boat' })).body;
    const record = () => call(mock, `/api/v1/flux/kontext/record-info?taskId=${data.taskId}`);
    for (let n = 0; n < 100 && (await record()).body.data.successFlag === 0; n++)
      await mock.clock.advance('5s');
    const { originImageUrl, resultImageUrl } = (await record()).body.data.response;
    const statuses = () =>
      Promise.all([originImageUrl, resultImageUrl].map(async (url) => (await fetch(url)).status));
    expect(await statuses()).toEqual([200, 200]);
    await mock.clock.advance('10m');
    expect(await statuses()).toEqual([410, 200]);
    await mock.clock.advance('14d');
    expect(await statuses()).toEqual([410, 410]);
  });
});

describe('an unknown task', () => {
  const NULL = { code: 200, msg: 'success', data: null };
  const NO_RECORD = { code: 422, msg: 'Record does not exist', data: null };
  const ABSENT = { code: 422, msg: 'The record does not exist', data: null };
  it.each([
    ['/api/v1/generate/record-info', NULL],
    ['/api/v1/aleph/record-info', NULL],
    ['/api/v1/flux/kontext/record-info', ABSENT],
    ['/api/v1/gpt4o-image/record-info', ABSENT],
    ['/api/v1/wav/record-info', NO_RECORD],
    ['/api/v1/mp4/record-info', NO_RECORD],
    ['/api/v1/vocal-removal/record-info', NO_RECORD],
    ['/api/v1/midi/record-info', NO_RECORD],
  ])('is answered as observed: %s', async (path, body) => {
    const mock = await startMock({ profile: 'observed' });
    expect(await call(mock, `${path}?taskId=nobody`)).toEqual({ status: 200, body });
  });

  it.each(['veo', 'generate', 'aleph', 'flux/kontext', 'gpt4o-image'])(
    'has code 404 as documented: %s',
    async (product) => {
      const mock = await startMock();
      const { status, body } = await call(mock, `/api/v1/${product}/record-info?taskId=nobody`);
      expect([status, body.code]).toEqual([200, 404]);
    },
  );

  it('has HTTP 404 in the market, and a missing id HTTP 400', async () => {
    const mock = await startMock();
    expect(await call(mock, '/api/v1/jobs/recordInfo?taskId=nobody')).toEqual({
      status: 404,
      body: { code: 404, msg: 'Task not found' },
    });
    const { status, body } = await call(mock, '/api/v1/jobs/recordInfo');
    expect([status, body.code, body.msg]).toEqual([400, 400, 'taskId parameter is required']);
  });
});

describe('Suno', () => {
  const SONG = { prompt: 'A shanty', customMode: false, instrumental: false, model: 'V5' };

  it('requires callBackUrl in its own words', async () => {
    const mock = await startMock();
    const { body } = await call(mock, '/api/v1/generate', SONG);
    expect(body).toEqual({ code: 422, msg: 'Please enter callBackUrl.', data: null });
    expect(mock.tasks.all()).toEqual([]);
  });

  it('sends text, first and complete, and serves the first track before the second exists', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver();
    const { data } = (await call(mock, '/api/v1/generate', { ...SONG, callBackUrl: url })).body;
    const tracks: string[][] = [];
    const served: number[][] = [];
    const task = mock.tasks.get(data.taskId);
    for (const { at } of task?.plan.steps.slice(1) ?? []) {
      await mock.clock.set(at);
      const sent = JSON.parse(posts.at(-1)?.body ?? '{}').data.data as { audio_url: string }[];
      tracks.push(sent.map(({ audio_url }) => audio_url));
      served.push(await Promise.all(sent.map(async ({ audio_url }) => (await fetch(audio_url)).status)));
    }
    expect(posts.map(({ body }) => JSON.parse(body).data.callbackType)).toEqual([
      'text',
      'first',
      'complete',
    ]);
    expect(tracks.map(({ length }) => length)).toEqual([0, 1, 2]);
    expect(served).toEqual([[], [200], [200, 200]]);
    expect(new Set(tracks[2]).size).toBe(2);
  });

  it('does not serve a track before it is ready, nor after the task has failed', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver();
    mock.scenarios.enqueue('fail.audio');
    const { data } = (await call(mock, '/api/v1/generate', { ...SONG, callBackUrl: url })).body;
    const first = `${mock.url}/__media/${data.taskId}/first.mp3`;
    expect((await fetch(first)).status).toBe(404);
    await mock.clock.set(mock.tasks.get(data.taskId)?.plan.steps.at(-1)?.at ?? '');
    expect(posts).toHaveLength(3);
    expect((await fetch(first)).status).toBe(404);
  });

  it('finds a task only with the operation for its kind', async () => {
    const mock = await startMock({ profile: 'observed' });
    const callBackUrl = 'http://127.0.0.1:9/none';
    const { data } = (await call(mock, '/api/v1/lyrics', { prompt: 'Rain', callBackUrl })).body;
    const paths = ['lyrics', 'generate', 'wav', 'mp4'].map((kind) => `/api/v1/${kind}/record-info`);
    const answers = await Promise.all(paths.map((path) => call(mock, `${path}?taskId=${data.taskId}`)));
    expect(answers.map(({ body }) => body.data?.taskId ?? null)).toEqual([data.taskId, null, null, null]);
  });

  it('separates a track, makes MIDI data of it, and draws its cover', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver();
    const track = { taskId: 'some-song', audioId: 'some-track', callBackUrl: url };
    const done = async (product: string, body: object) => {
      const { data } = (await call(mock, `/api/v1/${product}/generate`, body)).body;
      await mock.clock.advance('5m');
      const record = (await call(mock, `/api/v1/${product}/record-info?taskId=${data.taskId}`)).body.data;
      return { record, sent: JSON.parse(posts.at(-1)?.body ?? '{}') };
    };
    const two = await done('vocal-removal', track);
    expect(two.record).toMatchObject({ successFlag: 'SUCCESS', response: { drumsUrl: null } });
    const { vocalUrl, instrumentalUrl, originData } = two.record.response;
    expect(two.sent.data.vocal_removal_info).toEqual({
      instrumental_url: instrumentalUrl,
      origin_url: '',
      vocal_url: vocalUrl,
    });
    const twelve = await done('vocal-removal', { ...track, type: 'split_stem' });
    expect(twelve.record.response).toMatchObject({ instrumentalUrl: null, pianoUrl: null });
    const stems = Object.values(twelve.sent.data.vocal_removal_info).filter((one) => one !== '');
    expect(new Set(stems).size).toBe(12);
    expect((await fetch(String(stems[0]))).headers.get('content-type')).toBe('audio/mpeg');
    const [{ id: audioId }] = originData;
    const midi = await done('midi', { taskId: two.record.taskId, audioId, callBackUrl: url });
    expect(midi.record).toMatchObject({ successFlag: 1, audioId, midiData: { state: 'complete' } });
    expect(midi.sent.data.instruments).toEqual(midi.record.midiData.instruments);
    const cover = await done('suno/cover', { taskId: 'some-song', callBackUrl: url });
    expect(cover.record).toMatchObject({ successFlag: 1, parentTaskId: 'some-song' });
    expect(cover.sent.data).toEqual({ taskId: cover.record.taskId, images: cover.record.response.images });
    expect(new Set(cover.record.response.images).size).toBe(2);
  });

  it('sends one track for a replaced section, and the reason of a failure twice', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver();
    const section = { infillStartS: 10.5, infillEndS: 20.75, fullLyrics: 'la' };
    const text = { prompt: 'la', tags: 'Jazz', title: 'Piano' };
    const body = { taskId: 'a', audioId: 'b', ...text, ...section, callBackUrl: url };
    await call(mock, '/api/v1/generate/replace-section', body);
    mock.scenarios.enqueue('fail.audio');
    await call(mock, '/api/v1/generate/replace-section', body);
    await mock.clock.advance('5m');
    const sent = posts.map((post) => JSON.parse(post.body));
    expect(sent.map(({ code }) => code).sort()).toEqual([200, 501]);
    expect(sent.find(({ code }) => code === 200).data.data).toMatchObject([{ tags: 'Jazz' }]);
    expect(sent.find(({ code }) => code === 501).data.error).toBe('Audio generation failed');
  });

  it('answers a style, a persona and timed lyrics at once', async () => {
    const mock = await startMock();
    const persona = { taskId: 'a', audioId: 'b', name: 'Ann', description: 'calm' };
    const made = (await call(mock, '/api/v1/generate/generate-persona', persona)).body.data;
    expect(made).toEqual({ personaId: expect.any(String), name: 'Ann', description: 'calm' });
    const style = (await call(mock, '/api/v1/style/generate', { content: 'Pop' })).body.data;
    expect(style).toMatchObject({ param: '{"content":"Pop"}', result: expect.stringContaining('Pop') });
    expect(style.taskId).not.toBe(made.personaId);
    const timed = { taskId: 'a', audioId: 'b' };
    const lyrics = (await call(mock, '/api/v1/generate/get-timestamped-lyrics', timed)).body.data;
    expect(lyrics.alignedWords[0]).toMatchObject({ success: true, startS: 1.36 });
    const { code } = (await call(mock, '/api/v1/style/generate', {})).body;
    expect(code).toBe(422);
    expect(mock.tasks.all()).toEqual([]);
  });

  it('sends both tracks with "first" in the profile observed', async () => {
    const mock = await startMock({ profile: 'observed' });
    const { url, posts } = await receiver();
    await call(mock, '/api/v1/generate', { ...SONG, callBackUrl: url });
    await mock.clock.advance('5m');
    const { msg, data } = JSON.parse(posts[1]?.body ?? '{}');
    expect(msg).toBe('First audio generated successfully.');
    expect(data.data).toMatchObject([{ createTime: expect.any(Number) }, { audio_url: '' }]);
  });
});

describe('the market', () => {
  it.each([
    ['kling-2.6/text-to-video', { prompt: 'a' }, 'input.sound is required'],
    ['bytedance/seedance-2', { duration: 30 }, 'input.duration must be <= 15'],
    ['hailuo/2-3-image-to-video-pro', { prompt: 'a' }, 'input.image_url is required'],
    ['kling-3.0/video', { duration: 5 }, 'input.duration must be a string'],
    ['nano-banana-2', {}, 'input.prompt is required'],
    [
      'bytedance/seedance-2',
      { first_frame_url: 'https://a.example/1.png', reference_image_urls: [] },
      'input.reference_image_urls cannot be combined',
    ],
  ])('checks the input of the model %s: %j', async (model, input, message) => {
    const mock = await startMock();
    const { body } = await call(mock, '/api/v1/jobs/createTask', { model, input });
    expect([body.code, body.data]).toEqual([422, null]);
    expect(body.msg).toContain(message);
  });

  it('ignores a callback URL within input', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver();
    await call(mock, '/api/v1/jobs/createTask', { model: 'any/model', input: { callBackUrl: url } });
    await mock.clock.advance('10m');
    expect(posts).toEqual([]);
    expect(mock.tasks.all()).toMatchObject([{ outcome: 'success', kind: 'video', deliveries: [] }]);
  });

  it('writes the request twice as JSON in the profile observed, and costTime in seconds', async () => {
    const mock = await startMock({ profile: 'observed' });
    const request = { model: 'nano-banana-2', input: { prompt: 'a cat' } };
    const created = await call(mock, '/api/v1/jobs/createTask', request);
    const { taskId, recordId } = created.body.data;
    expect(recordId).toBe(taskId);
    await mock.clock.advance('2m');
    const { data } = (await call(mock, `/api/v1/jobs/recordInfo?taskId=${taskId}`)).body;
    const param = JSON.parse(data.param);
    expect([param.model, JSON.parse(param.input)]).toEqual(['nano-banana-2', request.input]);
    expect(data.costTime).toBe(Math.floor((data.completeTime - data.createTime) / 1000));
    expect(data.failCode).toBeNull();
  });
});

describe('operations without a task', () => {
  it('give the credits of the account and a URL for a download', async () => {
    const mock = await startMock();
    const { data } = (await call(mock, '/api/v1/chat/credit')).body;
    expect(data).toBeGreaterThan(0);
    const url = 'https://tempfile.example/v/a.mp4';
    const link = await call(mock, '/api/v1/common/download-url', { url });
    expect(link.body).toEqual({ code: 200, msg: 'success', data: url });
    const image = await call(mock, '/api/v1/gpt4o-image/download-url', { taskId: 'a', url });
    expect(image.body.data).toBe(url);
    expect((await call(mock, '/api/v1/common/download-url', { url: 'a' })).body.code).toBe(422);
  });
});

describe('Veo', () => {
  it('makes versions in 1080p and 4K by the id of the video, and answers repeated calls differently', async () => {
    const mock = await startMock({ secret: 'shared' });
    const { url, posts } = await receiver();
    const { taskId } = (await call(mock, '/api/v1/veo/generate', { prompt: 'a' })).body.data;
    const large = () => call(mock, `/api/v1/veo/get-1080p-video?taskId=${taskId}`);
    const veryLarge = async () =>
      (await call(mock, '/api/v1/veo/get-4k-video', { taskId, index: 0, callBackUrl: url })).body;
    expect((await large()).body).toMatchObject({ code: 422, data: null });
    await mock.clock.advance('6m');
    const processing = '1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.';
    expect((await large()).body).toEqual({ code: 400, msg: processing, data: null });
    expect((await large()).body.code).toBe(400);
    const empty = { taskId, resultUrls: null, imageUrls: null };
    expect(await veryLarge()).toEqual({ code: 200, msg: 'success', data: empty });
    expect(await veryLarge()).toMatchObject({ code: 422, data: empty });
    const repeated = await call(mock, '/api/v1/veo/get-4k-video', { taskId, index: 0, callBackUrl: url });
    expect(repeated.status).toBe(422);
    await mock.clock.advance('4m');
    const { data } = (await large()).body;
    expect((await fetch(data.resultUrl)).status).toBe(200);
    await mock.clock.advance('8m');
    const done = await veryLarge();
    expect([done.code, done.msg]).toEqual([422, 'The video has been generated successfully']);
    expect((await fetch(done.data.resultUrls[0])).status).toBe(200);
    expect(posts).toHaveLength(1);
    const sent = JSON.parse(posts[0]?.body ?? '{}');
    expect(sent).toMatchObject({ code: 200, data: { taskId, info: { resultUrls: done.data.resultUrls } } });
    const signed = `${taskId}.${posts[0]?.headers['x-webhook-timestamp']}`;
    const signature = createHmac('sha256', 'shared').update(signed).digest('base64');
    expect(posts[0]?.headers['x-webhook-signature']).toBe(signature);
  });

  it.each([
    ['16:9', null],
    ['9:16', [expect.stringContaining('/__media/')]],
  ])('has originUrls only when aspect_ratio is not 16:9: %s', async (aspect_ratio, urls) => {
    const mock = await startMock();
    const { data } = (await call(mock, '/api/v1/veo/generate', { prompt: 'a', aspect_ratio })).body;
    await mock.clock.advance('6m');
    const record = (await call(mock, `/api/v1/veo/record-info?taskId=${data.taskId}`)).body.data;
    expect(record.response.originUrls).toEqual(urls);
  });
});
