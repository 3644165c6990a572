import { describe, expect, it } from 'vitest';
import { runwayCalls } from '../../../fixtures/clients/runway-calls.ts';
import type { TaskReport } from '../../index.ts';
import {
  ask,
  finish,
  get,
  getJournal,
  getTask,
  pagesFrom,
  post,
  problem,
  receiver,
  start,
  submit,
  theMock,
} from './testing/admin-client.ts';
import { missedBy } from './testing/documented-names.ts';
import { openEvents } from './testing/event-reader.ts';

describe('/tasks/{taskId}', () => {
  it('shows a task that has just been submitted', async () => {
    await start();
    const task = await getTask(await submit({ callback: (await receiver()).url }));
    expect(task).toMatchObject({
      outcome: null,
      expired: false,
      deliveries: [{ status: 'pending', attempts: [] }],
    });
    expect(task.timeline).toHaveLength(1);
  });

  it('shows the history of a task that has succeeded and expired', async () => {
    await start();
    const { id } = await finish({ callback: (await receiver()).url });
    await post('/clock', { advance: '15d' });
    const task = await getTask(id);
    expect(task).toMatchObject({ state: 'success', outcome: 'success', expired: true });
    expect(task.timeline.map(({ state }) => state)).toEqual(task.plan.steps.map(({ state }) => state));
    expect(task.deliveries).toMatchObject([
      { id: 'd1', event: 'runway.generate', status: 'acknowledged', attempts: [{ n: 1, status: 200 }] },
    ]);
  });

  it('shows the reason of a failure', async () => {
    await start();
    const task = await finish({ callback: (await receiver()).url, scenario: 'fail.nsfw' });
    expect(task).toMatchObject({
      outcome: 'fail.nsfw',
      plan: { outcome: { slug: 'nsfw' }, mediaExpiresAt: null },
    });
  });

  it('shows every retry', async () => {
    await start();
    const task = await finish({ callback: (await receiver(500, 500, 200)).url });
    const [delivery] = task.deliveries;
    expect(delivery?.status).toBe('acknowledged');
    expect(delivery?.attempts.map(({ n, outcome }) => [n, outcome])).toEqual([
      [1, 'rejected'],
      [2, 'rejected'],
      [3, 'acknowledged'],
    ]);
  });

  it.each([
    [500, 'rejected'],
    ['redirect', 'redirect'],
    ['reset', 'reset'],
    ['hang', 'timeout'],
  ] as const)('shows an abandoned delivery when the receiver answers %s', async (reaction, outcome) => {
    await start({ retries: 0, ...(outcome === 'timeout' ? { ackTimeout: '50ms' } : {}) });
    const task = await finish({ callback: (await receiver(reaction)).url });
    expect(task.deliveries).toMatchObject([{ status: 'abandoned', attempts: [{ outcome }] }]);
  });

  it.each([
    ['http://127.0.0.1:1/', 'refused'],
    ['http://169.254.169.254/', 'blocked'],
  ])('shows an abandoned delivery when %s is %s', async (callback, outcome) => {
    await start({ retries: 0 });
    const task = await finish({ callback });
    expect(task.deliveries).toMatchObject([{ status: 'abandoned', attempts: [{ outcome, status: null }] }]);
  });

  it('shows a failed TLS handshake', async () => {
    await start({ retries: 0 });
    const { url } = await receiver();
    const task = await finish({ callback: url.replace('http:', 'https:') });
    expect(task.deliveries).toMatchObject([{ attempts: [{ outcome: 'tls' }] }]);
  });

  it.each([
    'submit.slow',
    'poll.503*2+poll.reset*',
    'poll.not-visible',
    'callback.forged',
    'callback.malformed',
    'callback.truncated',
    'callback.lost-ack',
    'callback.duplicate+media.503',
    'callback.before-response',
  ])('shows a task with the scenario %s', async (scenario) => {
    await start({ slowAnswer: '1ms' });
    const task = await finish({ callback: (await receiver()).url, scenario });
    expect(task).toMatchObject({ scenario, outcome: 'success' });
  });

  it('shows the parent of a task', async () => {
    await start();
    const parent = await finish();
    const { taskId } = await runwayCalls(theMock().url).extend({ taskId: parent.id });
    expect(await getTask(taskId)).toMatchObject({ parentId: parent.id, kind: 'extend' });
  });

  it('shows a task that waits for a slot, and after it got one', async () => {
    await start({ concurrency: 1, queue: 1 });
    const [first, second, third] = [await submit(), await submit(), await submit()];
    expect(await getTask(third)).toMatchObject({ plan: { slot: null, outcome: { type: 'failure' } } });
    await post('/clock', { advance: '15s' });
    await post(`/tasks/${first}/amend`, { outcome: 'success' });
    expect(await getJournal(`?type=task.amended&taskId=${second}`)).toHaveLength(1);
  });

  it('reports a removed task as unknown, and announces the removal in the event stream', async () => {
    await start({ keep: 3 });
    const stream = await openEvents('/events?type=task.forgotten');
    const first = await submit();
    for (let n = 0; n < 5; n++) await submit();
    await post('/clock', { advance: '1h' });
    const forgotten = (await stream.take(4)).map(({ entry }) => entry && 'taskId' in entry && entry.taskId);
    expect(forgotten).toContain(first);
    expect(await getTask(first)).toEqual(problem('TASK_UNKNOWN', 404));
    expect(await get<TaskReport[]>('/tasks')).toHaveLength(3);
  });

  it.each([
    ['GET', '/tasks/none'],
    ['POST', '/tasks/none/redeliver'],
    ['POST', '/tasks/none/amend'],
  ])('rejects an unknown task: %s %s', async (method, target) => {
    await start();
    const body = target.endsWith('amend') ? { outcome: 'success' } : undefined;
    expect((await ask(method, target, { body })).json).toEqual(problem('TASK_UNKNOWN', 404));
  });

  it.each([
    ['GET', '/tasks/%E0%A4%A'],
    ['POST', '/tasks/%E0%A4%A/redeliver'],
    ['POST', '/tasks/%E0%A4%A/amend'],
  ])('rejects an id that is not valid UTF-8: %s %s', async (method, target) => {
    await start();
    expect((await ask(method, target, { raw: '' })).json).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('GET /tasks', () => {
  async function startWithThree(): Promise<readonly [string, string, string]> {
    await start();
    const ids = [await submit({ key: 'one' }), await submit({ key: 'two' })] as const;
    await post('/clock', { advance: '1h' });
    return [...ids, await submit({ key: 'two' })];
  }

  it.each([
    ['', [0, 1, 2]],
    ['?state=success', [0, 1]],
    ['?state=wait', [2]],
    ['?pack=runway', [0, 1, 2]],
    ['?pack=none', []],
    ['?apiKey=two', [1, 2]],
    ['?apiKey=two&state=success', [1]],
    ['?apiKey=three', []],
    ['?limit=2', [1, 2]],
    ['?limit=0', []],
    ['?limit=1000000', [0, 1, 2]],
    ['?before=2', [0, 1]],
    ['?before=2&limit=1', [1]],
    ['?before=2&apiKey=two', [1]],
    ['?before=0', []],
  ])('returns the matching tasks for "%s"', async (query, expected) => {
    const ids = await startWithThree();
    const withId = query.replace(/before=(\d)/, (_, index) => `before=${ids[Number(index)]}`);
    const listed = await get<TaskReport[]>(`/tasks${withId}`);
    expect(listed.map(({ id }) => id)).toEqual(expected.map((index) => ids[index]));
  });

  it('links from page to page, up to the oldest task', async () => {
    await start();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push(await submit({ key: n === 3 ? 'other' : 'one' }));
    const [, , , other] = ids;
    const pages = await pagesFrom<TaskReport>('/tasks?limit=2&apiKey=one');
    expect(pages.map((page) => page.map(({ id }) => ids.indexOf(id)))).toEqual([
      [2, 4],
      [0, 1],
    ]);
    expect(await pagesFrom<TaskReport>('/tasks?apiKey=other&limit=1')).toMatchObject([[{ id: other }]]);
    expect(await pagesFrom('/tasks?limit=0')).toEqual([[]]);
  });

  it('rejects an unknown task in "before"', async () => {
    await start();
    await submit();
    expect((await ask('GET', '/tasks?before=none')).json).toEqual(problem('TASK_UNKNOWN', 404));
  });

  it('omits the token from the address of the next page', async () => {
    await start({ adminToken: 'the-token' });
    await submit({ key: 'one' });
    await submit({ key: 'one' });
    const { headers } = await ask('GET', '/tasks?limit=1&token=the-token', { raw: '' });
    expect(headers.link).toMatch(/^<\/__admin\/tasks\?limit=1&before=[-\w]+>; rel="next"$/);
  });

  it.each([
    'limit=-1',
    'limit=all',
    'limit=1e3',
    'limit=',
    'stat=success',
    'state=wait&state=fail',
    'apiKey=',
  ])('rejects ?%s', async (query) => {
    await start();
    expect(await get(`/tasks?${query}`)).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('GET /tasks/{taskId}/checks', () => {
  it('returns no violations when all messages are valid', async () => {
    await start();
    const { url } = await receiver();
    const id = await submit({ callback: url });
    await post('/clock', { advance: '1h' });
    expect(await get(`/tasks/${id}/checks`)).toEqual([]);
  });

  it('returns the violations in a message with its journal entry', async () => {
    await start();
    const { url } = await receiver();
    const id = await submit({ callback: url, scenario: 'callback.malformed' });
    await post('/clock', { advance: '1h' });
    expect(await get(`/tasks/${id}/checks`)).toEqual([
      { seq: expect.any(Number), request: [], answer: [], callback: [{ at: '', message: 'is not JSON' }] },
    ]);
  });

  it('rejects an unknown task', async () => {
    await start();
    expect(await get('/tasks/none/checks')).toEqual(problem('TASK_UNKNOWN', 404));
  });
});

describe('POST /tasks/{taskId}/redeliver', () => {
  it('sends the callback again, with its own retries', async () => {
    await start();
    const { url, posts } = await receiver(200, 500, 200);
    const { id } = await finish({ callback: url });
    const { status, json } = await ask('POST', `/tasks/${id}/redeliver`);
    expect(status).toBe(202);
    expect(json).toMatchObject({ deliveries: [{ id: 'd1' }, { id: 'd2', status: 'pending' }] });
    await post('/clock', { advance: '1h' });
    expect(await getTask(id)).toMatchObject({
      deliveries: [{}, { status: 'acknowledged', attempts: [{}, {}] }],
    });
    expect(posts.map(({ body }) => body)).toEqual(Array(3).fill(posts[0]?.body));
  });

  it('is awaited by advancing the clock by 0 s', async () => {
    await start();
    const { url, posts } = await receiver();
    const { id } = await finish({ callback: url });
    await ask('POST', `/tasks/${id}/redeliver`);
    await post('/clock', { advance: '0s' });
    expect(posts).toHaveLength(2);
  });

  it('requires a callback URL', async () => {
    await start();
    const { id } = await finish();
    expect(await post(`/tasks/${id}/redeliver`)).toEqual(problem('NO_CALLBACK', 409));
  });

  it('sends it to another URL, or a forged one', async () => {
    await start();
    const first = await receiver();
    const second = await receiver();
    const { id } = await finish({ callback: first.url });
    await post(`/tasks/${id}/redeliver`, { to: second.url });
    await post(`/tasks/${id}/redeliver`, { forged: true });
    await post('/clock', { advance: '1h' });
    expect(second.posts.map(({ body }) => body)).toEqual([first.posts[0]?.body]);
    expect(first.posts).toHaveLength(2);
    expect(first.posts[1]?.body).not.toBe(first.posts[0]?.body);
    expect(await getTask(id)).toMatchObject({
      deliveries: [
        { why: 'outcome' },
        { why: 'redelivered', url: second.url },
        { why: 'forged', url: first.url },
      ],
    });
  });

  it.each([[{ to: 'nowhere' }], [{ to: 7 }], [{ forged: 'yes' }], [{ url: 'http://127.0.0.1/' }]])(
    'rejects %j',
    async (body) => {
      await start();
      const { id } = await finish({ callback: (await receiver()).url });
      expect(await post(`/tasks/${id}/redeliver`, body)).toEqual(problem('BAD_REQUEST', 400));
    },
  );

  it('requires a state that is announced', async () => {
    await start();
    const id = await submit({ callback: (await receiver()).url });
    expect(await post(`/tasks/${id}/redeliver`)).toEqual(problem('NO_CALLBACK', 409));
  });
});

describe('POST /tasks/{taskId}/amend', () => {
  it.each(['success', 'fail.nsfw'])('ends a running task as %s', async (outcome) => {
    await start();
    const { url, posts } = await receiver();
    const id = await submit({ callback: url });
    await post('/clock', { advance: '5s' });
    expect(await post(`/tasks/${id}/amend`, { outcome })).toMatchObject({ outcome });
    await post('/clock', { advance: '0s' });
    expect(posts).toHaveLength(1);
    expect(await getJournal('?type=task.amended')).toMatchObject([{ taskId: id, plan: { taskId: id } }]);
  });

  it('rejects a task that has ended', async () => {
    await start();
    const { id } = await finish();
    expect(await post(`/tasks/${id}/amend`, { outcome: 'success' })).toEqual(problem('TASK_FINISHED', 409));
  });

  it('suggests outcomes similar to an unknown one', async () => {
    await start();
    const refusal = await post(`/tasks/${await submit()}/amend`, { outcome: 'fail.nsfv' });
    expect(refusal).toMatchObject({ code: 'SCENARIO_UNKNOWN', remedy: expect.stringContaining('fail.nsfw') });
  });

  it.each([{}, { outcome: 5 }, { outcome: '' }, { outcomes: 'success' }, { outcome: 'success', now: true }])(
    'rejects %j',
    async (body) => {
      await start();
      expect(await post(`/tasks/${await submit()}/amend`, body)).toEqual(problem('BAD_REQUEST', 400));
    },
  );
});

describe('the tests of tasks', () => {
  it('cause every documented status and journal entry', () => {
    expect(missedBy('task-calls')).toEqual([]);
  });
});
