import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENERATE, runwayCalls } from '../../../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type JournalEntry, type MockServer } from '../../index.ts';
import { PACKAGE_ROOT } from '../../packs/package-root.ts';

let mock: MockServer;
beforeEach(async () => {
  mock = await createMockServer({ clock: 'virtual', seed: 7, slowAnswer: 1, apiKeys: ['test-key'] }).listen();
});
afterEach(() => mock.close());

describe('the submit scenarios', () => {
  it.each([
    ['submit.429', 200, { code: 429 }],
    ['submit.455', 200, { code: 455 }],
  ])('%s answers with the code and creates no task', async (scenario, status, body) => {
    const reply = await runwayCalls(mock.url).generate({}, { 'x-mock-scenario': scenario });
    expect(reply).toMatchObject({ status, body });
    expect(mock.tasks.all()).toEqual([]);
  });

  it('submit.502 answers like a gateway', async () => {
    const reply = await runwayCalls(mock.url).generate({}, { 'x-mock-scenario': 'submit.502' });
    expect(reply.status).toBe(502);
    expect(reply.body).toContain('<h1>502</h1>');
  });

  it('submit.reset creates the task and resets the connection', async () => {
    await expect(runwayCalls(mock.url).generate({}, { 'x-mock-scenario': 'submit.reset' })).rejects.toThrow();
    expect(mock.tasks.all()).toHaveLength(1);
    expect(mock.journal.entries({ type: 'request.answered' })).toMatchObject([{ status: null }]);
  });

  it('submit.slow creates the task and answers late', async () => {
    const reply = await runwayCalls(mock.url).generate({}, { 'x-mock-scenario': 'submit.slow' });
    expect(reply.body.code).toBe(200);
    expect(mock.tasks.get(reply.taskId)?.scenario).toBe('submit.slow');
  });
});

describe('the poll scenarios', () => {
  it('apply to the first polls in order, and not to later ones', async () => {
    const api = runwayCalls(mock.url);
    const scenario = 'poll.429*2+poll.502+poll.truncated+poll.reset';
    const { taskId } = await api.generate({}, { 'x-mock-scenario': scenario });
    const polls: unknown[] = [];
    for (let n = 0; n < 6; n++) {
      polls.push(
        await api.details(taskId).then(
          ({ status, body }) => [status, body.code],
          () => 'broken',
        ),
      );
    }
    expect(polls).toEqual([[200, 429], [200, 429], [502, undefined], 'broken', 'broken', [200, 200]]);
  });

  it('can last forever', async () => {
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate({}, { 'x-mock-scenario': 'poll.404*' });
    for (let n = 0; n < 5; n++) expect((await api.details(taskId)).body.code).toBe(404);
  });

  it('can be requested by a single poll', async () => {
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate();
    expect((await api.details(taskId, { 'x-mock-scenario': 'poll.500' })).body.code).toBe(500);
    expect((await api.details(taskId)).body.code).toBe(200);
  });

  it('submit.slow is recorded as unanswered if its client has disconnected', async () => {
    await mock.close();
    mock = await createMockServer({ clock: 'virtual', seed: 7, slowAnswer: 300 }).listen();
    const answered = new Promise<JournalEntry>((resolve) => {
      mock.journal.subscribe((entry) => {
        if (entry.type === 'request.answered') resolve(entry);
      });
    });
    const gone = fetch(`${mock.url}/api/v1/runway/generate`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer k',
        'content-type': 'application/json',
        'x-mock-scenario': 'submit.slow',
      },
      body: JSON.stringify(GENERATE),
      signal: AbortSignal.timeout(50),
    });
    await expect(gone).rejects.toThrow();
    expect(await answered).toMatchObject({ status: null, answer: '', taskId: mock.tasks.all()[0]?.id });
  });

  it('poll.not-visible hides the task during its first seconds', async () => {
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate({}, { 'x-mock-scenario': 'poll.not-visible' });
    expect((await api.details(taskId)).body.code).toBe(404);
    await mock.clock.advance('5s');
    expect((await api.details(taskId)).body.code).toBe(200);
  });
});

describe('the callback scenarios', () => {
  it('before-response sends the callback before the answer', async () => {
    const receiver = await openReceiver();
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate(
      { callBackUrl: receiver.url },
      { 'x-mock-scenario': 'callback.before-response' },
    );
    expect(JSON.parse(receiver.posts[0]?.body ?? '{}').data.task_id).toBe(taskId);
    const order = mock.journal.entries().map(({ type }) => type);
    expect(order.indexOf('attempt.ended')).toBeLessThan(order.indexOf('request.answered'));
    receiver.close();
  });

  it.each([
    ['callback.never', []],
    ['callback.duplicate', ['good', 'good']],
    ['callback.concurrent-duplicate', ['good', 'good']],
    ['callback.lost-ack', ['good', 'good']],
    ['callback.malformed', ['not JSON', 'good']],
    ['callback.truncated', ['good']],
    ['callback.forged', ['forged', 'good']],
    ['callback.late', ['good']],
  ])('%s sends %j', async (scenario, wanted) => {
    const receiver = await openReceiver();
    const { taskId } = await runwayCalls(mock.url).generate(
      { callBackUrl: receiver.url },
      { 'x-mock-scenario': scenario },
    );
    const end = mock.tasks.get(taskId)?.plan.steps.at(-1)?.at ?? '';
    await mock.clock.set(end);
    if (scenario === 'callback.late') expect(receiver.posts).toHaveLength(0);
    await mock.clock.advance('1h');
    expect(receiver.posts.map(({ body }) => kindOf(body))).toEqual(wanted);
    receiver.close();
  });

  it('signs callbacks when there is a secret', async () => {
    const signed = await createMockServer({ clock: 'virtual', secret: 's3cret' }).listen();
    const receiver = await openReceiver();
    await signed.tasks.trigger('runway.generate', { to: receiver.url });
    const [post] = await receiver.received(1);
    expect(post?.headers['x-webhook-timestamp']).toMatch(/^\d{10}$/);
    expect(post?.headers['x-webhook-signature']).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    await signed.close();
    receiver.close();
  });
});

function kindOf(body: string): string {
  try {
    return JSON.parse(body).data.video_url.includes('.invalid') ? 'forged' : 'good';
  } catch {
    return 'not JSON';
  }
}

describe('media URLs', () => {
  it('point to the host that the client used, unless it is invalid', async () => {
    const urlFor = (host: string) =>
      new Promise<string>((resolve, reject) => {
        const asked = httpRequest(
          `${mock.url}/api/v1/runway/generate`,
          {
            method: 'POST',
            headers: { host, authorization: 'Bearer test-key', 'content-type': 'application/json' },
          },
          (response) => {
            response.resume();
            response.on('end', () => resolve(mock.tasks.all().at(-1)?.plan.origin ?? ''));
          },
        );
        asked.on('error', reject);
        asked.end(JSON.stringify(GENERATE));
      });
    expect(await urlFor('mock.internal:4010')).toBe('http://mock.internal:4010');
    expect(await urlFor('evil"/><script>')).toBe(mock.url);
  });
});

describe('a cancel', () => {
  const call = (method: string, path: string, body?: object) =>
    fetch(mock.url + path, {
      method,
      headers: {
        authorization: 'Bearer test-key',
        'content-type': 'application/json',
        'x-runway-version': '2024-11-06',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it('that is answered with 204 has neither a body nor its headers', async () => {
    const image = 'https://example.com/a.png';
    const request = { model: 'gen4_turbo', promptImage: image, ratio: '1280:720' };
    const { id } = (await (await call('POST', '/v1/image_to_video', request)).json()) as { id: string };
    const answer = await call('DELETE', `/v1/tasks/${id}`);
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(['content-type', 'content-length'].filter((name) => answer.headers.has(name))).toEqual([]);
    expect(mock.journal.entries({ type: 'request.answered' }).at(-1)).toMatchObject({
      does: 'cancel',
      taskId: id,
      status: 204,
      answer: '',
    });
    expect(mock.tasks.get(id)?.outcome).toBe('canceled');
  });

  it('of an unknown task is answered like the vendor does, and is in the journal without a task', async () => {
    expect((await call('DELETE', '/v1/tasks/nobody')).status).toBe(404);
    expect(mock.journal.entries({ type: 'request.answered' }).at(-1)).toMatchObject({
      does: 'cancel',
      taskId: null,
    });
  });
});

describe('a submission above the rate limit', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stuntdouble-rate-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Creates the Runway pack with a limit of two submissions in ten seconds. */
  async function startLimited(rule: string): Promise<MockServer> {
    cpSync(join(PACKAGE_ROOT, 'spec/runway'), dir, { recursive: true });
    const path = join(dir, 'lifecycle.yaml');
    const limits = 'limits:\n  concurrencyFailure: concurrency\n';
    const source = readFileSync(path, 'utf8');
    expect(source).toContain(limits);
    writeFileSync(path, source.replace(limits, `${limits}  rate: { submissions: 2, per: 10s${rule} }\n`));
    await mock.close();
    mock = await createMockServer({ clock: 'virtual', builtIn: false, packs: [dir] }).listen();
    return mock;
  }

  const submit = ({ url }: MockServer) =>
    fetch(`${url}/api/v1/runway/generate`, {
      method: 'POST',
      headers: { authorization: 'Bearer test-key', 'content-type': 'application/json' },
      body: JSON.stringify(GENERATE),
    });

  it('gets a Retry-After header in whole seconds, if the vendor sends one', async () => {
    const limited = await startLimited(', retryAfter: true');
    expect((await submit(limited)).headers.has('retry-after')).toBe(false);
    await submit(limited);
    await limited.clock.advance(2001);
    const refused = await submit(limited);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '8']);
    await limited.clock.advance('8s');
    expect((await submit(limited)).status).toBe(200);
  });

  it('gets no such header otherwise', async () => {
    const limited = await startLimited('');
    await submit(limited);
    await submit(limited);
    const refused = await submit(limited);
    expect([refused.status, refused.headers.has('retry-after')]).toEqual([429, false]);
  });
});

describe('the polls clock', () => {
  beforeEach(async () => {
    await mock.close();
    mock = await createMockServer({ clock: 'polls' }).listen();
  });

  it('moves to the moment at which a hidden task becomes visible, even after its end', async () => {
    const api = runwayCalls(mock.url);
    const hidden = { 'x-mock-scenario': 'poll.not-visible+callback.before-response' };
    const { taskId } = await api.generate({}, hidden);
    expect((await api.details(taskId)).body.code).toBe(404);
    expect((await api.details(taskId)).body.data).toMatchObject({ state: 'success', expireFlag: 0 });
  });

  it('advances with polls of a hidden task, so that it becomes visible', async () => {
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate({}, { 'x-mock-scenario': 'poll.not-visible' });
    const codes: number[] = [];
    for (let polls = 0; polls < 8; polls++) codes.push((await api.details(taskId)).body.code);
    expect(codes[0]).toBe(404);
    expect(codes.at(-1)).toBe(200);
    expect((await api.details(taskId)).body.data.state).toBe('success');
  });
});
