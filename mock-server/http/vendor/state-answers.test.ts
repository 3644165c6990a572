import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { acmeWith, type PackPatch } from '../../../fixtures/packs/acme-with.ts';
import { checkPack, createMockServer, type MockServer } from '../../index.ts';
import { loadPack } from '../../packs/load-pack.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const HEADERS = { authorization: 'Bearer key-1', 'content-type': 'application/json' };

function written(patch: PackPatch): string {
  const dir = acmeWith(patch);
  opened.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function start(lifecycle: object): Promise<MockServer> {
  const packs = [written({ lifecycle })];
  const mock = await createMockServer({ clock: 'virtual', seed: 7, packs }).listen();
  opened.push(() => mock.close());
  return mock;
}

async function submit({ url }: MockServer, body: object = { prompt: 'A storm', seconds: 5 }) {
  return fetch(`${url}/v2/clips`, { method: 'POST', headers: HEADERS, body: JSON.stringify(body) });
}

async function submitted(mock: MockServer): Promise<string> {
  return ((await (await submit(mock)).json()) as { clip_id: string }).clip_id;
}

function call({ url }: MockServer, method: string, id: string): Promise<Response> {
  return fetch(`${url}/v2/clips/${id}`, { method, headers: HEADERS });
}

/** Removes the fields of the body that the answer replaces. */
const BARE = { clip_id: null, created: null, percent: null, state: null };

const RUNNING = {
  ...BARE,
  status: 202,
  headers: { 'X-Request-Id': '$request.id', 'x-clip': 'clip {$task.id}', 'x-echo': '$request.body#/prompt' },
  body: { request: '$request.id', state: '$task.state' },
};

describe('an answer with a status and headers', () => {
  it('applies to its state only', async () => {
    const mock = await start({ operations: { 'get-clip': { answers: { queued: RUNNING } } } });
    const id = await submitted(mock);
    const answer = await call(mock, 'GET', id);
    expect(answer.status).toBe(202);
    expect(answer.headers.get('x-clip')).toBe(`clip ${id}`);
    const { request, state } = (await answer.json()) as Record<string, string>;
    expect([request, state]).toEqual([expect.stringMatching(UUID), 'queued']);
    expect(answer.headers.get('x-request-id')).toBe(request);
    await mock.clock.advance('10s');
    expect((await call(mock, 'GET', id)).status).toBe(200);
  });

  it('has a fresh id in every answer, the same for the same seed', async () => {
    const idsOf = async (): Promise<(string | null)[]> => {
      const mock = await start({ operations: { 'get-clip': { answers: { queued: RUNNING } } } });
      const id = await submitted(mock);
      const polls = [await call(mock, 'GET', id), await call(mock, 'GET', id)];
      return polls.map(({ headers }) => headers.get('x-request-id'));
    };
    const ids = await idsOf();
    expect(new Set(ids).size).toBe(2);
    expect(await idsOf()).toEqual(ids);
  });

  it('encodes characters of a request that a header cannot have', async () => {
    const mock = await start({ operations: { 'get-clip': { answers: { queued: RUNNING } } } });
    const answer = await submit(mock, { prompt: 'a\r\nb é 🎬', seconds: 5 });
    const { clip_id: id } = (await answer.json()) as { clip_id: string };
    expect((await call(mock, 'GET', id)).headers.get('x-echo')).toBe('a%0D%0Ab %C3%A9 %F0%9F%8E%AC');
  });

  it('can be that of a submission', async () => {
    const answer = {
      ...BARE,
      status: 201,
      headers: { location: '/v2/clips/{$task.id}' },
      body: { clip_id: '$task.id' },
    };
    const response = await submit(await start({ operations: { 'create-clip': { answer } } }));
    const { clip_id: id } = (await response.json()) as { clip_id: string };
    expect([response.status, response.headers.get('location')]).toEqual([201, `/v2/clips/${id}`]);
  });

  it.each([
    ['x y', 'is not the name of a header'],
    ['Content-Length', 'is set by the mock; remove it'],
  ])('is refused with the header %s', (name, problem) => {
    const queued = { ...BARE, status: 200, headers: { [name]: '1' }, body: {} };
    const dir = written({ lifecycle: { operations: { 'get-clip': { answers: { queued } } } } });
    expect(() => loadPack(dir)).toThrow(problem);
  });
});

describe('an error', () => {
  const errors = {
    headers: { 'x-request-id': '$request.id' },
    answers: {
      unknownTask: {
        status: 404,
        headers: { 'x-for': '$request.path.id' },
        body: { id: '$request.path.id' },
      },
    },
  };

  it('repeats the id that was asked for', async () => {
    const answer = await call(await start({ errors }), 'GET', 'clip-5');
    expect(await answer.json()).toEqual({ id: 'clip-5' });
    expect(answer.headers.get('x-for')).toBe('clip-5');
    expect(answer.headers.get('x-request-id')).toMatch(UUID);
  });

  it('has the headers of all errors: refused key, invalid body, unknown path', async () => {
    const mock = await start({ errors });
    const answers = [
      await fetch(`${mock.url}/v2/clips/x`),
      await submit(mock, {}),
      await fetch(`${mock.url}/v2/clips/x/y`, { headers: HEADERS }),
    ];
    const ids = answers.map(({ headers }) => headers.get('x-request-id') ?? '');
    expect(ids).toEqual([
      expect.stringMatching(UUID),
      expect.stringMatching(UUID),
      expect.stringMatching(UUID),
    ]);
    expect(new Set(ids).size).toBe(3);
  });
});

describe('a cancellation', () => {
  const answers = {
    canceled: { status: 202, body: { done: true } },
    done: { status: 200, body: {} },
    failed: { status: 200, body: {} },
  };
  const cancel = (rules: object) => ({ operations: { 'cancel-clip': rules } });

  it('is refused in a state that does not allow it, and the task continues', async () => {
    const refused = { status: 409, body: { problem: '$task.state' } };
    const mock = await start(cancel({ allowedIn: ['queued'], refused }));
    const id = await submitted(mock);
    await mock.clock.advance('6s');
    const answer = await call(mock, 'DELETE', id);
    expect([answer.status, await answer.json()]).toEqual([409, { problem: 'rendering' }]);
    expect(mock.tasks.get(id)?.state).toBe('rendering');
    const other = await submitted(mock);
    expect((await call(mock, 'DELETE', other)).status).toBe(204);
    expect(mock.tasks.get(other)?.state).toBe('canceled');
  });

  it('is refused with an error by default', async () => {
    const mock = await start(cancel({ allowedIn: ['queued'] }));
    const id = await submitted(mock);
    await mock.clock.advance('6s');
    const answer = await call(mock, 'DELETE', id);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining('"rendering"') });
  });

  it('has a status for each state', async () => {
    const mock = await start(cancel({ answers }));
    const id = await submitted(mock);
    expect((await call(mock, 'DELETE', id)).status).toBe(202);
  });

  it('that takes time ends the task later, and only once', async () => {
    const mock = await start(cancel({ takes: '3s' }));
    const id = await submitted(mock);
    await mock.clock.advance('6s');
    expect((await call(mock, 'DELETE', id)).status).toBe(204);
    expect(mock.tasks.get(id)?.state).toBe('rendering');
    await mock.clock.advance('2s');
    await call(mock, 'DELETE', id);
    expect(mock.tasks.get(id)?.state).toBe('rendering');
    await mock.clock.advance('1s');
    expect(mock.tasks.get(id)?.state).toBe('canceled');
  });

  it('that takes longer than the task does not end it', async () => {
    const mock = await start(cancel({ takes: '10m' }));
    const id = await submitted(mock);
    await call(mock, 'DELETE', id);
    await mock.clock.advance('5m');
    expect(mock.tasks.get(id)?.state).toBe('done');
  });

  it.each([
    [{ allowedIn: ['never'] }, 'no task reaches state "never"'],
    [{ refused: { status: 409 } }, '"refused" has no effect without "allowedIn"'],
    [{ allowedIn: ['queued'], refused: { problem: 1 } }, 'expected an HTTP "status"'],
  ])('with contradictory rules is refused: %o', (rules, problem) => {
    expect(() => loadPack(written({ lifecycle: cancel(rules) }))).toThrow(problem);
  });

  it('is checked against the responses of the document', async () => {
    const refused = { status: 418, body: {} };
    const { problems } = await checkPack(written({ lifecycle: cancel({ allowedIn: ['queued'], refused }) }));
    expect(problems.map(({ message }) => message).join()).toContain('does not describe a response 418');
  });
});
