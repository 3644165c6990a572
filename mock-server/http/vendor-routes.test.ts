import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENERATE, runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer } from '../index.ts';
import { BODY_LIMIT } from './read-body.ts';

let mock: MockServer;
beforeEach(async () => {
  mock = await createMockServer({ clock: 'virtual', seed: 7, slowAnswer: 1, apiKeys: ['test-key'] }).listen();
});
afterEach(() => mock.close());

async function post(body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${mock.url}/api/v1/runway/generate`, {
    method: 'POST',
    headers: { authorization: 'Bearer test-key', 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, body: (await response.json()) as { code: number; msg: string } };
}

describe('a request that is refused', () => {
  const good = JSON.stringify(GENERATE);
  const without = (field: string) => JSON.stringify({ ...GENERATE, [field]: undefined });
  const having = (change: object) => JSON.stringify({ ...GENERATE, ...change });

  it.each<[string, string, Record<string, string>, number, RegExp]>([
    ['without a key', good, { authorization: '' }, 401, /access permissions/],
    ['with a key that is not accepted', good, { authorization: 'Bearer other' }, 401, /access permissions/],
    ['with another scheme', good, { authorization: 'Basic dGVzdA==' }, 401, /access permissions/],
    ['without a prompt', without('prompt'), {}, 422, /^prompt is required/],
    ['without a duration', without('duration'), {}, 422, /^duration is required/],
    [
      'with a duration in text',
      having({ duration: '5' }),
      {},
      422,
      /^duration must be a number, got the string "5"/,
    ],
    [
      'with a duration there is not',
      having({ duration: 7 }),
      {},
      422,
      /^duration must be one of 5, 10, got 7/,
    ],
    ['with 10 s in 1080p', having({ duration: 10, quality: '1080p' }), {}, 422, /^quality must be 720p when/],
    [
      'without aspectRatio or image',
      without('aspectRatio'),
      {},
      422,
      /^aspectRatio is required when imageUrl/,
    ],
    ['with a prompt that is too long', having({ prompt: 'x'.repeat(1801) }), {}, 422, /^prompt .*1800.*1801/],
    [
      'with a callback URL that is none',
      having({ callBackUrl: 'here' }),
      {},
      422,
      /^callBackUrl must be a valid uri/,
    ],
    ['that is no JSON', '{"prompt":', {}, 422, /not JSON/],
    ['that is no object', '[1]', {}, 422, /must be a JSON object/],
    ['that is empty', '', {}, 422, /must be a JSON object/],
    ['of another type', good, { 'content-type': 'text/plain' }, 422, /application\/json, got "text\/plain"/],
    ['that is too large', having({ prompt: 'x'.repeat(BODY_LIMIT) }), {}, 422, /at most 1048576 bytes/],
    ['with an unknown scenario', good, { 'x-mock-scenario': 'fail.nswf' }, 422, /fail\.nsfw/],
  ])(
    '%s gets the envelope and a sentence that names what is wrong',
    async (_title, body, headers, code, message) => {
      const answer = await post(body, headers);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ code, msg: expect.stringMatching(message) });
      expect(mock.tasks.all()).toEqual([]);
      expect((await post(good)).body.code).toBe(200);
    },
  );

  it('for a path or method that is nobody’s names the one that was meant', async () => {
    const ask = async (method: string, path: string) =>
      (await fetch(mock.url + path, { method })).json() as Promise<{ code: number; msg: string }>;
    expect(await ask('POST', '/api/v1/api/v1/runway/generate')).toMatchObject({ code: 404 });
    expect((await ask('GET', '/api/v1/runway/generate')).msg).toContain('did you mean');
    expect((await ask('POST', '/api/v1/runway/generat')).msg).toContain('POST /api/v1/runway/generate');
  });

  it('for a task that is not named, or not known, says which', async () => {
    const api = runwayCalls(mock.url);
    expect((await api.details('')).body).toEqual({ code: 422, msg: 'taskId must not be empty' });
    expect((await api.details('no-such-task')).body).toEqual({
      code: 404,
      msg: 'no-such-task is not a known task',
    });
    const bare = await fetch(`${mock.url}/api/v1/runway/record-detail`, {
      headers: { authorization: 'Bearer test-key' },
    });
    expect(await bare.json()).toEqual({ code: 422, msg: 'taskId is required in the query' });
  });
});

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
