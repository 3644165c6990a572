import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENERATE, runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type JournalEntry, type MockServer } from '../index.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';

let mock: MockServer;
beforeEach(async () => {
  mock = await createMockServer({ clock: 'virtual', seed: 7, slowAnswer: 1, apiKeys: ['test-key'] }).listen();
});
afterEach(() => mock.close());

describe('the submit scenarios', () => {
  it.each([
    ['submit.429', 200, { code: 429 }],
    ['submit.455', 200, { code: 455 }],
  ])('%s answers with the code and makes no task', async (scenario, status, body) => {
    const reply = await runwayCalls(mock.url).generate({}, { 'x-mock-scenario': scenario });
    expect(reply).toMatchObject({ status, body });
    expect(mock.tasks.all()).toEqual([]);
  });

  it('submit.502 answers as a gateway does', async () => {
    const reply = await runwayCalls(mock.url).generate({}, { 'x-mock-scenario': 'submit.502' });
    expect(reply.status).toBe(502);
    expect(reply.body).toContain('<h1>502</h1>');
  });

  it('submit.reset takes the task and breaks the connection', async () => {
    await expect(runwayCalls(mock.url).generate({}, { 'x-mock-scenario': 'submit.reset' })).rejects.toThrow();
    expect(mock.tasks.all()).toHaveLength(1);
    expect(mock.journal.entries({ type: 'request.answered' })).toMatchObject([{ status: null }]);
  });

  it('submit.slow takes the task and answers late', async () => {
    const reply = await runwayCalls(mock.url).generate({}, { 'x-mock-scenario': 'submit.slow' });
    expect(reply.body.code).toBe(200);
    expect(mock.tasks.get(reply.taskId)?.scenario).toBe('submit.slow');
  });
});

describe('the poll scenarios', () => {
  it('happen to the first polls, one after the other, and then are over', async () => {
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

  it('can last for ever', async () => {
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate({}, { 'x-mock-scenario': 'poll.404*' });
    for (let n = 0; n < 5; n++) expect((await api.details(taskId)).body.code).toBe(404);
  });

  it('can be asked for by a single poll', async () => {
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate();
    expect((await api.details(taskId, { 'x-mock-scenario': 'poll.500' })).body.code).toBe(500);
    expect((await api.details(taskId)).body.code).toBe(200);
  });

  it('submit.slow whose client has gone by then is written down as not answered', async () => {
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

  it('poll.not-visible hides the task for its first seconds', async () => {
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate({}, { 'x-mock-scenario': 'poll.not-visible' });
    expect((await api.details(taskId)).body.code).toBe(404);
    await mock.clock.advance('5s');
    expect((await api.details(taskId)).body.code).toBe(200);
  });
});

describe('the callback scenarios', () => {
  it('before-response: the callback is there before the answer is', async () => {
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
    ['callback.malformed', ['no JSON', 'good']],
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

  it('signs what it sends when it has a secret, and lets a forger sign with another', async () => {
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
    return 'no JSON';
  }
}

describe('media URLs', () => {
  it('point at the host the client used, and at nothing odd', async () => {
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

  it('that is answered with 204 has no body, nor the headers of one', async () => {
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

  it('of a task that nobody knows is answered as the vendor does, and names no task in the journal', async () => {
    expect((await call('DELETE', '/v1/tasks/nobody')).status).toBe(404);
    expect(mock.journal.entries({ type: 'request.answered' }).at(-1)).toMatchObject({
      does: 'cancel',
      taskId: null,
    });
  });
});

describe('a submission that comes too soon', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stuntdouble-rate-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** The Runway pack with a limit of two submissions in ten seconds. */
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

  it('is told in a header when to come again, in whole seconds, if the vendor does that', async () => {
    const limited = await startLimited(', retryAfter: true');
    expect((await submit(limited)).headers.has('retry-after')).toBe(false);
    await submit(limited);
    await limited.clock.advance(2001);
    const refused = await submit(limited);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '8']);
    await limited.clock.advance('8s');
    expect((await submit(limited)).status).toBe(200);
  });

  it('is told nothing else', async () => {
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

  it('moves to the moment a hidden task is seen, also when it has ended before', async () => {
    const api = runwayCalls(mock.url);
    const hidden = { 'x-mock-scenario': 'poll.not-visible+callback.before-response' };
    const { taskId } = await api.generate({}, hidden);
    expect((await api.details(taskId)).body.code).toBe(404);
    expect((await api.details(taskId)).body.data).toMatchObject({ state: 'success', expireFlag: 0 });
  });

  it('moves on with a poll that finds nothing yet, so that a hidden task can be waited for', async () => {
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate({}, { 'x-mock-scenario': 'poll.not-visible' });
    const codes: number[] = [];
    for (let polls = 0; polls < 8; polls++) codes.push((await api.details(taskId)).body.code);
    expect(codes[0]).toBe(404);
    expect(codes.at(-1)).toBe(200);
    expect((await api.details(taskId)).body.data.state).toBe('success');
  });
});
