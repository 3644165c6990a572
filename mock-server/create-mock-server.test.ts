import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { GENERATE, runwayCalls } from '../fixtures/clients/runway-calls.ts';
import { mockAndReceiver } from '../fixtures/mock-and-receiver.ts';
import { createMockServer, type MockServerOptions } from './index.ts';

const { startMock, receiver, closeLater, closeAll } = mockAndReceiver();
afterEach(closeAll);

describe('a task on the virtual clock', () => {
  it('passes through its states in order, sends one callback, and expires after 14 days', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver();
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate({ callBackUrl: url });
    const states: string[] = [];
    for (const { at } of mock.tasks.get(taskId)?.plan.steps ?? []) {
      await mock.clock.set(at);
      states.push((await api.details(taskId)).body.data.state);
    }
    expect(states).toEqual(['wait', 'queueing', 'generating', 'success']);
    expect(posts).toHaveLength(1);

    const before = (await api.details(taskId)).body.data;
    expect(before.expireFlag).toBe(0);
    expect((await fetch(before.videoInfo.videoUrl)).status).toBe(200);

    await mock.clock.advance('15d');
    const after = (await api.details(taskId)).body.data;
    expect(after).toMatchObject({ state: 'success', expireFlag: 1 });
    expect((await fetch(after.videoInfo.videoUrl)).status).toBe(410);
    expect(posts).toHaveLength(1);
  });

  it('is announced with the same bytes until the receiver acknowledges: 3 attempts for 500, 500, 200', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver(500, 500, 200);
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: url });
    await mock.clock.advance('1h');
    const [delivery] = mock.tasks.get(taskId)?.deliveries ?? [];
    expect(delivery?.status).toBe('acknowledged');
    expect(delivery?.attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['rejected', 500],
      ['rejected', 500],
      ['acknowledged', 200],
    ]);
    expect(new Set(posts.map(({ body }) => body)).size).toBe(1);
    expect(posts).toHaveLength(3);
  });

  it('is announced in 4 attempts, 30, 60 and 120 s apart, if the receiver never answers', async () => {
    const mock = await startMock({ ackTimeout: 30 });
    const { url, posts } = await receiver('hang');
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: url });
    await mock.clock.advance('1h');
    const [delivery] = mock.tasks.get(taskId)?.deliveries ?? [];
    const times = delivery?.attempts.map(({ at }) => Date.parse(at)) ?? [];
    expect(delivery?.status).toBe('abandoned');
    expect(delivery?.attempts.every(({ outcome }) => outcome === 'timeout')).toBe(true);
    expect(times.slice(1).map((at, index) => at - (times[index] ?? 0))).toEqual([30_000, 60_000, 120_000]);
    expect(posts).toHaveLength(4);
  });

  it('is not announced without a callback URL', async () => {
    const mock = await startMock();
    const { taskId } = await runwayCalls(mock.url).generate();
    await mock.clock.advance('1h');
    expect(mock.tasks.get(taskId)).toMatchObject({ state: 'success', deliveries: [] });
  });
});

describe('retries without a gap', () => {
  it('make advancing fail with CLOCK_ENDLESS if they never end', async () => {
    const mock = await startMock({ retries: 1_000_000, retryGaps: [0] });
    await mock.tasks.trigger('runway.generate', { to: 'http://127.0.0.1:9/nobody' });
    await expect(mock.clock.advance('1s')).rejects.toMatchObject({ code: 'CLOCK_ENDLESS' });
  });
});

describe('determinism', () => {
  async function run(seed: number): Promise<string> {
    const mock = await startMock({ seed, publicUrl: 'http://media.test' });
    const api = runwayCalls(mock.url);
    const bytes: unknown[] = [];
    for (const scenario of ['success', 'success', 'fail.nsfw']) {
      const { taskId, body } = await api.generate({}, { 'x-mock-scenario': scenario });
      bytes.push(body, mock.tasks.get(taskId)?.plan);
    }
    await mock.clock.advance('2m');
    for (const { id } of mock.tasks.all()) bytes.push((await api.details(id)).body);
    return JSON.stringify(bytes);
  }

  it('returns the same bytes for the same seed, and different ones for another seed', async () => {
    expect(await run(7)).toBe(await run(7));
    expect(await run(7)).not.toBe(await run(8));
  });

  it('distinguishes equal requests and keeps keys independent', async () => {
    const alone = await startMock();
    const crowded = await startMock();
    const first = await runwayCalls(alone.url, 'mine').generate();
    for (const key of ['theirs', 'others']) await runwayCalls(crowded.url, key).generate();
    expect((await runwayCalls(crowded.url, 'mine').generate()).taskId).toBe(first.taskId);
    expect((await runwayCalls(crowded.url, 'mine').generate()).taskId).not.toBe(first.taskId);
  });

  it('starts over after a reset', async () => {
    const mock = await startMock();
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate();
    await mock.clock.advance('15d');
    mock.reset();
    expect(mock.tasks.all()).toEqual([]);
    expect((await api.generate()).taskId).toBe(taskId);
    expect((await api.details(taskId)).body.data.state).toBe('wait');
  });
});

describe('choosing a scenario', () => {
  it('prefers the header to the prompt, the prompt to the queue, the queue to the default', async () => {
    const mock = await startMock({ scenario: 'fail.internal' });
    const api = runwayCalls(mock.url);
    const scenarioOf = async (change: object, headers?: Record<string, string>) =>
      mock.tasks.get((await api.generate(change as Record<string, unknown>, headers)).taskId)?.scenario;
    mock.scenarios.enqueue('fail.dimensions');
    const marked = { prompt: 'a cat [[scenario:fail.nsfw]]' };
    expect(await scenarioOf(marked, { 'x-mock-scenario': 'success' })).toBe('success');
    expect(await scenarioOf(marked)).toBe('fail.nsfw');
    expect(await scenarioOf({})).toBe('fail.dimensions');
    expect(await scenarioOf({})).toBe('fail.internal');
  });

  it('applies a queued scenario to its key only', async () => {
    const mock = await startMock();
    mock.scenarios.enqueue('fail.nsfw', { times: 2, apiKey: 'a' });
    const scenarioFor = async (key: string) =>
      mock.tasks.get((await runwayCalls(mock.url, key).generate()).taskId)?.scenario;
    expect(await scenarioFor('b')).toBe('success');
    expect([await scenarioFor('a'), await scenarioFor('a'), await scenarioFor('a')]).toEqual([
      'fail.nsfw',
      'fail.nsfw',
      'success',
    ]);
  });

  it('rejects an unknown name from any source and suggests the nearest ones', async () => {
    const mock = await startMock();
    const { body } = await runwayCalls(mock.url).generate({}, { 'x-mock-scenario': 'fail.nfsw' });
    expect(body).toMatchObject({ code: 422, msg: expect.stringContaining('fail.nsfw') });
    expect(() => mock.scenarios.enqueue('callback.duplicat')).toThrow(/callback.duplicat/);
    expect(() => createMockServer({ scenario: 'media.drible' })).toThrow(/media.drible/);
    expect(mock.tasks.all()).toEqual([]);
  });
});

describe('extending a video', () => {
  it('reports the parent and has its own event', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver();
    const api = runwayCalls(mock.url);
    const parent = await api.generate();
    await mock.clock.advance('2m');
    const child = await api.extend({ taskId: parent.taskId, callBackUrl: url });
    await mock.clock.advance('2m');
    expect((await api.details(child.taskId)).body.data).toMatchObject({
      parentTaskId: parent.taskId,
      state: 'success',
    });
    expect(mock.tasks.get(child.taskId)?.deliveries[0]?.event).toBe('runway.extend');
    expect(posts).toHaveLength(1);
  });

  it('is rejected as documented if the parent is unknown, unfinished, failed or expired', async () => {
    const mock = await startMock();
    const api = runwayCalls(mock.url);
    const failed = await api.generate({}, { 'x-mock-scenario': 'fail.nsfw' });
    const expired = await api.generate();
    await mock.clock.advance('15d');
    const unfinished = await api.generate();
    const answers = await Promise.all(
      ['nobody', unfinished.taskId, failed.taskId, expired.taskId].map((taskId) => api.extend({ taskId })),
    );
    expect(answers.map(({ body }) => body.code)).toEqual([404, 422, 422, 422]);
    expect(answers.every(({ body }) => /nobody|taskId/.test(body.msg))).toBe(true);
  });

  it('is accepted and fails later in the observed profile', async () => {
    const mock = await startMock({ profile: 'observed' });
    const api = runwayCalls(mock.url);
    const child = await api.extend({ taskId: 'nobody' });
    expect(child.body.code).toBe(200);
    expect(child.taskId).toMatch(/^[0-9a-f]{32}$/);
    await mock.clock.advance('2m');
    expect((await api.details(child.taskId)).body.data.state).toBe('fail');
    expect((await api.details('nobody')).body).toEqual({ code: 200, msg: 'success', data: null });
  });
});

describe('the concurrency limit', () => {
  it('fails a task above the limit with the concurrency message', async () => {
    const mock = await startMock({ concurrency: 2 });
    const api = runwayCalls(mock.url);
    const tasks = [await api.generate(), await api.generate(), await api.generate()];
    await mock.clock.advance('2m');
    const answers = await Promise.all(tasks.map(({ taskId }) => api.details(taskId)));
    expect(answers.map(({ body }) => body.data.state)).toEqual(['success', 'success', 'fail']);
    expect(answers[2]?.body.data.failMsg).toBe('Reached the limit for concurrent generations.');
  });

  it('keeps tasks waiting for a slot if there is a queue', async () => {
    const mock = await startMock({ concurrency: 1, queue: 1 });
    const api = runwayCalls(mock.url);
    const first = await api.generate();
    const second = await api.generate();
    await mock.clock.set(mock.tasks.get(first.taskId)?.plan.slot?.untilAt ?? '');
    const steps = mock.tasks.get(second.taskId)?.plan.steps ?? [];
    expect(steps.find(({ state }) => state === 'generating')?.at).toBe(
      mock.tasks.get(first.taskId)?.plan.steps.at(-1)?.at,
    );
    await mock.clock.advance('2m');
    expect((await api.details(second.taskId)).body.data.state).toBe('success');
  });

  it('starts a waiting task when the running one is ended', async () => {
    const mock = await startMock({ concurrency: 1, queue: 1 });
    const api = runwayCalls(mock.url);
    const first = await api.generate();
    const second = await api.generate();
    await mock.clock.advance('15s');
    expect((await api.details(second.taskId)).body.data.state).toBe('queueing');
    mock.tasks.amend(first.taskId, 'fail.internal');
    expect((await api.details(second.taskId)).body.data.state).toBe('generating');
  });

  it('applies to each key separately', async () => {
    const mock = await startMock({ concurrency: 1 });
    for (const key of ['a', 'b', 'c']) await runwayCalls(mock.url, key).generate();
    await mock.clock.advance('2m');
    expect(mock.tasks.all().map(({ state }) => state)).toEqual(['success', 'success', 'success']);
  });
});

describe('the polls clock', () => {
  it('makes each poll a step, and sends the callback at the last one', async () => {
    const mock = await startMock({ clock: 'polls' });
    const { url, received } = await receiver();
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate({ callBackUrl: url });
    const states: string[] = [];
    for (let read = 0; read < 4; read++) states.push((await api.details(taskId)).body.data.state);
    expect(states).toEqual(['wait', 'queueing', 'generating', 'success']);
    expect(await received(1)).toHaveLength(1);
  });
});

describe('a command', () => {
  it('redelivers a callback with the same bytes', async () => {
    const mock = await startMock();
    const { url, posts } = await receiver();
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: url });
    await mock.clock.advance('2m');
    mock.tasks.redeliver(taskId);
    await mock.settled();
    expect(posts.map(({ body }) => body)).toEqual([posts[0]?.body, posts[0]?.body]);
    expect(mock.tasks.get(taskId)?.deliveries.map(({ status }) => status)).toEqual([
      'acknowledged',
      'acknowledged',
    ]);
  });

  it('ends a task with an outcome and sends its callback', async () => {
    const mock = await startMock();
    const { url, received } = await receiver();
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: url });
    await mock.clock.advance('10s');
    expect(mock.tasks.amend(taskId, 'fail.moderator')).toMatchObject({
      state: 'fail',
      outcome: 'fail.moderator',
    });
    const [post] = await received(1);
    expect(JSON.parse(post?.body ?? '')).toMatchObject({
      code: 400,
      data: { task_id: taskId, video_url: '' },
    });
    expect(() => mock.tasks.amend(taskId, 'success')).toThrow(/already ended/);
  });

  it('triggers an event without a client', async () => {
    const mock = await startMock();
    const { url, received } = await receiver();
    const task = await mock.tasks.trigger('runway.extend', { to: url, scenario: 'fail.nsfw' });
    const [post] = await received(1);
    expect(JSON.parse(post?.body ?? '')).toEqual({
      code: 400,
      msg: expect.stringContaining('isn\u2019t allowed'),
      data: { task_id: task.id },
    });
    await expect(mock.tasks.trigger('runway.extent', { to: url })).rejects.toThrow(/runway.extent/);
  });
});

describe('mounting', () => {
  it('works in a plain node:http server', async () => {
    const mock = createMockServer({ clock: 'virtual' });
    const server = createServer(mock.handler);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closeLater({ close: () => server.close() });
    const { body } = await runwayCalls(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ).generate();
    expect(body.code).toBe(200);
  });

  it('works in Express behind a body parser and under a prefix, and passes on unknown requests', async () => {
    const mock = createMockServer({ clock: 'virtual' });
    const app = express();
    app.use(express.json());
    app.use('/vendor', mock.handler);
    app.get('/vendor/own', (_request, response) => {
      response.send('the app itself');
    });
    const created = await request(app)
      .post('/vendor/api/v1/runway/generate')
      .set('authorization', 'Bearer k')
      .send(GENERATE);
    expect(created.body.code).toBe(200);
    await mock.clock.advance('2m');
    const details = await request(app)
      .get('/vendor/api/v1/runway/record-detail')
      .query({ taskId: created.body.data.taskId })
      .set('authorization', 'Bearer k');
    expect(new URL(details.body.data.videoInfo.videoUrl).pathname).toMatch(/^\/vendor\/__media\//);
    expect((await request(app).get('/vendor/own')).text).toBe('the app itself');
    expect((await request(app).get('/vendor/__admin/health')).body.status).toBe('ok');
  });
});

describe('several servers in one process', () => {
  it('share nothing', async () => {
    const one = await startMock();
    const two = await startMock();
    one.scenarios.enqueue('fail.nsfw');
    const { taskId } = await runwayCalls(two.url).generate();
    await two.clock.advance('1d');
    expect(two.tasks.get(taskId)?.scenario).toBe('success');
    expect(one.tasks.all()).toEqual([]);
    expect(one.journal.entries().map(({ type }) => type)).toEqual(['scenario.queued']);
    expect(one.clock.now().getTime()).toBeLessThan(two.clock.now().getTime());
  });
});

describe('invalid options', () => {
  it.each<[MockServerOptions, RegExp]>([
    [{ speed: 0 }, /speed must be a factor above 0/],
    [{ ackTimeout: 'soon' }, /ackTimeout must be a duration/],
    [{ retries: -1 }, /retries must be a whole number/],
    [{ clock: 'sun' as 'real' }, /clock must be real, virtual or polls/],
    [{ startAt: 'yesterday' }, /startAt must be an ISO 8601 time/],
    [{ profile: 'imagined' }, /unknown profile "imagined"/],
    [{ packs: ['/nowhere'] }, /lifecycle.yaml cannot be read/],
    [{ publicUrl: 'here' }, /publicUrl must be a URL/],
  ])('are rejected with the name of the option: %o', (options, message) => {
    expect(() => createMockServer(options)).toThrow(message);
  });

  it('include a port that is in use or out of range', async () => {
    const mock = await startMock();
    const { port } = new URL(mock.url);
    await expect(createMockServer().listen({ port: Number(port) })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
    });
    await expect(createMockServer().listen({ port: 70_000 })).rejects.toThrow(/port must be/);
  });
});

describe('closing', () => {
  it('records an attempt that exceeds the grace period as interrupted', async () => {
    const mock = await createMockServer({ clock: 'virtual', grace: 10 }).listen();
    const { url, received } = await receiver('hang');
    const task = await mock.tasks.trigger('runway.generate', { to: url });
    await received(1);
    await mock.close();
    expect(mock.tasks.get(task.id)?.deliveries[0]?.attempts[0]?.outcome).toBe('interrupted');
  });
});
