import { afterEach, describe, expect, it } from 'vitest';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';
import type { MockServer } from '../../mock-server/index.ts';

const { startMock, receiver, closeAll } = mockAndReceiver();
afterEach(closeAll);

async function call(mock: MockServer, path: string, body?: object, headers: Record<string, string> = {}) {
  const response = await fetch(mock.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: 'Bearer key', 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

describe('Luma', () => {
  const REQUEST = { prompt: 'At night', videoUrl: 'https://example.com/a.mp4', watermark: 'mine' };

  async function submit(mock: MockServer, callBackUrl?: string, scenario = 'success'): Promise<string> {
    const headers = { 'x-mock-scenario': scenario };
    return (await call(mock, '/api/v1/modify/generate', { ...REQUEST, callBackUrl }, headers)).body.data
      .taskId;
  }
  const details = async (mock: MockServer, taskId: string) =>
    (await call(mock, `/api/v1/modify/record-info?taskId=${taskId}`)).body.data;

  it('echoes the request as a JSON string, as paramJson in the poll and promptJson in the callback', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver();
    const taskId = await submit(mock, url);
    const echo = { callBackUrl: url, prompt: REQUEST.prompt, videoUrl: REQUEST.videoUrl, waterMark: 'mine' };
    const running = await details(mock, taskId);
    expect(running).toMatchObject({ successFlag: 0, completeTime: null, response: null, errorCode: null });
    expect(JSON.parse(running.paramJson)).toEqual(echo);
    await mock.clock.advance('21m');
    expect(await details(mock, taskId)).toMatchObject({
      successFlag: 1,
      completeTime: expect.any(Number),
      response: {
        taskId,
        originUrls: [REQUEST.videoUrl],
        resultUrls: [expect.stringContaining('/__media/')],
      },
    });
    const { data } = JSON.parse(posts[0]?.body ?? '{}');
    expect(data.taskId).toBe(taskId);
    expect(JSON.parse(data.promptJson)).toEqual(echo);
  });

  it('has successFlag 4 exactly when the callback of a success was abandoned', async () => {
    const mock = await startMock();
    const { url } = await receiver(500);
    const [success, failure, unheard] = [
      await submit(mock, url),
      await submit(mock, url, 'fail.generate'),
      await submit(mock),
    ];
    await mock.clock.advance('21m');
    await mock.clock.advance('1h');
    expect((await details(mock, success)).successFlag).toBe(4);
    expect((await details(mock, success)).response.resultUrls).toHaveLength(1);
    expect((await details(mock, failure)).successFlag).toBe(3);
    expect((await details(mock, unheard)).successFlag).toBe(1);
  });

  it('distinguishes a task that was never created from one that failed later, and can return two results', async () => {
    const mock = await startMock({ profile: 'two-results' });
    const failed = await submit(mock, undefined, 'fail.create');
    const done = await submit(mock);
    await mock.clock.advance('21m');
    expect(await details(mock, failed)).toMatchObject({ successFlag: 2, errorCode: 500 });
    expect(new Set((await details(mock, done)).response.resultUrls).size).toBe(2);
  });
});

describe('CometAPI', () => {
  const REQUEST = { prompt: 'Snow', model: 'gen4', callback_url: 'http://127.0.0.1:9/none' };
  const submit = async (mock: MockServer, change: object = {}, headers: Record<string, string> = {}) =>
    (await call(mock, '/runway/pro/generate', { ...REQUEST, ...change }, headers)).body;
  const feed = (mock: MockServer, task_id: string) => call(mock, '/runway/feed', { task_id });

  it('does not know a new task during its first seconds', async () => {
    const mock = await startMock();
    const { data } = await submit(mock);
    expect(await feed(mock, data.task_id)).toEqual({
      status: 400,
      body: { code: 'task_not_exist', message: 'task_not_exist', data: null },
    });
    await mock.clock.advance('2s');
    expect((await feed(mock, data.task_id)).status).toBe(200);
  });

  it('reports progress in steps of ten that never decreases and ends at 100%, also for failures', async () => {
    const mock = await startMock();
    for (const scenario of ['success', 'fail.moderation']) {
      const { data } = await submit(mock, {}, { 'x-mock-scenario': scenario });
      const seen: number[] = [];
      await mock.clock.advance('2s');
      for (let poll = 0; poll < 40; poll++) {
        seen.push(Number.parseInt((await feed(mock, data.task_id)).body.progress, 10));
        await mock.clock.advance('2s');
      }
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(seen.every((percent) => percent % 10 === 0)).toBe(true);
      expect(seen.at(-1)).toBe(100);
    }
  });

  it("refuses a create without a callback, in the vendor's own words", async () => {
    const mock = await startMock();
    const refusal = { code: 'callback_url_empty', message: 'callback_url_empty', data: null };
    expect(await submit(mock, { callback_url: undefined })).toEqual(refusal);
    expect(await submit(mock, { callback_url: 'nowhere' })).toEqual(refusal);
    expect(await submit(mock, { model: undefined })).toMatchObject({ message: 'model is required' });
  });

  it('sends the bare task as the callback of each of the three creates', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver();
    const video = 'https://example.com/a.mp4';
    await submit(mock, { callback_url: url });
    await call(mock, '/runway/pro/video2video', { callback_url: url, video, model: 'gen3', prompt: 'Oil' });
    await call(mock, '/runway/pro/act_one', { callback_url: url, video, image: 'https://example.com/a.png' });
    await mock.clock.advance('5m');
    expect(posts.map(({ body }) => JSON.parse(body).status)).toEqual(['3', '3', '3']);
    expect(mock.tasks.all().map(({ kind }) => kind)).toEqual(['IMAGE_TO_VIDEO', 'VIDEO_TO_VIDEO', 'ACT_ONE']);
  });

  it.each([
    ['documented', (body: Record<string, unknown>) => body.status],
    ['wrapped', (body: Record<string, unknown>) => body.code],
    ['ancestor', (body: Record<string, unknown>) => body.msg],
  ])('answers polls in the shape of the profile %s', async (profile, pick) => {
    const mock = await startMock({ profile });
    const { data } = await submit(mock);
    await mock.clock.advance('5m');
    const wanted = { documented: 'SUCCESS', wrapped: 'success', ancestor: '成功' }[profile];
    expect(pick((await feed(mock, data.task_id)).body)).toBe(wanted);
  });
});
