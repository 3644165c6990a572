import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { fc } from '../../fixtures/properties.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { CodedError, createMockServer, type MockServer, type MockServerOptions } from '../index.ts';

let dir: string;
const open: { close(): unknown }[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-replay-'));
});
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
  rmSync(dir, { recursive: true, force: true });
});

const PATH = (): string => join(dir, 'journal.jsonl');

async function start(options: MockServerOptions = {}): Promise<MockServer> {
  const mock = await createMockServer({ clock: 'virtual', seed: 5, data: dir, ...options }).listen();
  open.push(mock);
  return mock;
}

async function text(url: string, method = 'GET', body?: object): Promise<string> {
  const headers = { authorization: 'Bearer test-key', 'content-type': 'application/json' };
  const response = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.text();
}

/** Returns the observable state of a mock, except that of its process. */
async function stateOf(mock: MockServer): Promise<unknown> {
  const admin = `${mock.url}/__admin`;
  const metrics = await text(`${admin}/metrics`);
  return {
    tasks: mock.tasks.all(),
    entries: mock.journal.entries(),
    scenarios: await text(`${admin}/scenarios`),
    now: mock.clock.now().toISOString(),
    counters: metrics.split('\n').filter((line) => !/process_heap/.test(line)),
  };
}

async function restarted(mock: MockServer, options: MockServerOptions = {}): Promise<MockServer> {
  await mock.close();
  return start(options);
}

/** Performs every action that affects a task. */
async function performAll(mock: MockServer, to: string, prompt: string): Promise<string[]> {
  const api = runwayCalls(mock.url);
  const { taskId } = await api.generate({ prompt, callBackUrl: to });
  await api.details(taskId);
  await mock.clock.advance('10m');
  await text((await api.details(taskId)).body.data.videoInfo.videoUrl);
  mock.tasks.redeliver(taskId);
  await mock.clock.advance('1h');
  mock.scenarios.enqueue('fail.nsfw', { times: 3 });
  const failing = await api.generate({ prompt, callBackUrl: to });
  const running = await api.generate({ prompt: `${prompt}, again` });
  mock.tasks.amend(running.taskId, 'success');
  await text(`${mock.url}/__sink`, 'POST', { prompt });
  await text(`${mock.url}/nowhere`, 'POST', { prompt });
  return [taskId, failing.taskId, running.taskId];
}

describe('a mock that is restarted on its data folder', () => {
  it('has the same state as before, after every kind of action', async () => {
    const receiver = await openReceiver(500, 200);
    open.push(receiver);
    const first = await start();
    await performAll(first, receiver.url, 'A cat');
    const before = await stateOf(first);
    const second = await restarted(first);
    expect(await stateOf(second)).toEqual(before);
    // A second restart has the same result.
    expect(await stateOf(await restarted(second))).toEqual(before);
  });

  it('has no data from before a reset, in memory or on disk', async () => {
    const receiver = await openReceiver();
    open.push(receiver);
    const first = await start();
    await performAll(first, receiver.url, 'A wiped prompt');
    await text(`${first.url}/__admin/reset`, 'POST');
    expect(readFileSync(PATH(), 'utf8')).not.toContain('wiped prompt');
    const before = await stateOf(first);
    expect(before).toMatchObject({ tasks: [], scenarios: '[]', now: '2026-01-01T00:00:00.000Z' });
    const second = await restarted(first);
    expect(await stateOf(second)).toEqual(before);
    await performAll(second, receiver.url, 'Another prompt');
    const later = await stateOf(second);
    expect(await stateOf(await restarted(second))).toEqual(later);
  });

  it('does not list a cleared journal, keeps its tasks and counters, and has no more on disk', async () => {
    const receiver = await openReceiver();
    open.push(receiver);
    const first = await start({ keep: 1 });
    const [wiped = ''] = await performAll(first, receiver.url, 'A cleared prompt');
    await first.clock.advance('1h');
    expect(first.tasks.get(wiped)).toBeUndefined();
    await text(`${first.url}/__admin/journal`, 'DELETE');
    const kept = first.tasks.all().map(({ plan }) => plan.request.prompt);
    const lines = readFileSync(PATH(), 'utf8')
      .split('\n')
      .filter((line) => line.includes('cleared prompt'));
    expect(lines.map((line) => JSON.parse(line).type as string)).toEqual(
      kept.flatMap((prompt) =>
        prompt === 'A cleared prompt, again' ? ['task.submitted', 'task.amended'] : ['task.submitted'],
      ),
    );
    await runwayCalls(first.url).generate({ prompt: 'After it' });
    const before = await stateOf(first);
    expect(await stateOf(await restarted(first, { keep: 1 }))).toEqual(before);
  });

  it.each(['polls', 'real'] as const)('continues from the same time: %s', async (clock) => {
    const first = await start({ clock });
    const api = runwayCalls(first.url);
    const { taskId } = await api.generate();
    for (let n = 0; n < 3; n++) await api.details(taskId);
    await first.clock.advance('1h');
    const before = first.clock.now().getTime();
    const state = (await api.details(taskId)).body.data.state;
    const later = clock === 'polls' ? first.clock.now().getTime() : before;
    const second = await restarted(first, { clock });
    const drift = second.clock.now().getTime() - later;
    // The real clock continues while the mock is stopped.
    expect(Math.sign(drift)).toBe(clock === 'polls' ? 0 : 1);
    expect((await runwayCalls(second.url).details(taskId)).body.data.state).toBe(state);
  });

  it('counts submissions from before the restart', async () => {
    const limits = { rateLimit: '3/1h' };
    const first = await start(limits);
    for (let n = 0; n < 5; n++) await runwayCalls(first.url).generate();
    expect(first.tasks.all()).toHaveLength(3);
    const second = await restarted(first, limits);
    expect((await runwayCalls(second.url).generate()).body.code).not.toBe(200);
    await second.clock.advance('61m');
    expect((await runwayCalls(second.url).generate()).body.code).toBe(200);
  });

  it('remembers the pack that a key has called', async () => {
    const first = await start();
    await runwayCalls(first.url).generate();
    const before = await text(`${first.url}/nowhere`);
    expect(await text(`${(await restarted(first)).url}/nowhere`)).toBe(before);
  });
});

describe('a damaged journal', () => {
  /** Returns a file with every kind of entry. */
  async function sample(): Promise<string> {
    const receiver = await openReceiver(500, 200);
    open.push(receiver);
    const mock = await start();
    await performAll(mock, receiver.url, 'A cat');
    await mock.close();
    return readFileSync(PATH(), 'utf8');
  }

  /** Checks that the journal is either rejected with file, line and remedy, or replayed completely. */
  async function outcome(content: string | Buffer): Promise<'refused' | 'replayed'> {
    writeFileSync(PATH(), content);
    let mock: MockServer;
    try {
      mock = createMockServer({ clock: 'virtual', seed: 5, data: dir });
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      // A well-formed journal may still need a pack, or part of a pack, that is not loaded.
      expect(error.message).toMatch(/journal\.jsonl:\d+ |which is not loaded$|and needs /);
      expect(error.code).toBe(error.message.includes('and needs ') ? 'PACK_IN_USE' : 'DATA_DAMAGED');
      expect(error.remedy).not.toBe('');
      return 'refused';
    }
    try {
      const { url } = await mock.listen();
      await mock.clock.advance('1d');
      for (const path of ['tasks', 'journal', 'metrics']) {
        expect((await fetch(`${url}/__admin/${path}`)).status).toBe(200);
      }
      for (const { id } of mock.tasks.all()) expect((await runwayCalls(url).details(id)).status).toBe(200);
    } finally {
      await mock.close();
    }
    return 'replayed';
  }

  it.each<[string, string, RegExp]>([
    ['null', 'null', /:2 is not a JSON object/],
    ['a list', '[]', /:2 is not a JSON object/],
    ['a truncated entry', '{"seq":1,"at":1', /:2 is not JSON/],
    ['an empty line', '', /:2 is not JSON/],
    ['no type', '{"seq":1,"at":1,"wallAt":1}', /:2 has the unknown type nothing/],
    [
      'a type of a later version',
      '{"seq":1,"at":1,"wallAt":1,"type":"task.paused"}',
      /:2 has the unknown type "task.paused"/,
    ],
    [
      'a type that is a property of every object',
      '{"seq":1,"at":1,"wallAt":1,"type":"constructor"}',
      /:2 has the unknown type/,
    ],
    [
      'a time out of range',
      '{"seq":1,"at":1e300,"wallAt":1,"type":"server.reset"}',
      /:2 has 1e\+300 at \/at/,
    ],
    ['a negative number', '{"seq":-1,"at":1,"wallAt":1,"type":"server.reset"}', /:2 has -1 at \/seq/],
    [
      'a string instead of a number',
      '{"seq":"1","at":1,"wallAt":1,"type":"server.reset"}',
      /:2 has "1" at \/seq/,
    ],
    [
      'no account',
      '{"seq":1,"at":1,"wallAt":1,"type":"scenario.taken","scenario":"success"}',
      /:2 has no "account"/,
    ],
    [
      'a task that was not submitted',
      '{"seq":1,"at":1,"wallAt":1,"type":"task.expired","taskId":"x"}',
      /:2 refers to task "x"/,
    ],
    ['a NUL character', '{"seq":1,"at":1,"wallAt":1,"type":"server\0.reset"}', /:2 is not JSON/],
    ['a second header', '{"format":"stuntdouble-journal","version":2}', /:2 has the unknown type/],
  ])('is rejected with file and line: %s', async (_what, line, expected) => {
    writeFileSync(PATH(), `{"format":"stuntdouble-journal","version":2}\n${line}\n{}\n`);
    expect(() => createMockServer({ data: dir })).toThrow(
      expect.objectContaining({ code: 'DATA_DAMAGED', message: expect.stringMatching(expected) }),
    );
  });

  it.each<[string, (lines: string[]) => string[]]>([
    ['a duplicate line', (lines) => [...lines.slice(0, 5), ...lines.slice(4)]],
    ['a missing line', (lines) => [...lines.slice(0, 5), ...lines.slice(6)]],
    [
      'an attempt of an unknown delivery',
      (lines) => lines.map((line) => line.replace('"deliveryId":"d1"', '"deliveryId":"d9"')),
    ],
    ['a plan without steps', (lines) => lines.map((line) => line.replace('"steps":', '"stops":'))],
    [
      'a failure that the pack does not have',
      (lines) => lines.map((line) => line.replaceAll('"slug":"nsfw"', '"slug":"nsfv"')),
    ],
  ])('is rejected: %s', async (_what, change) => {
    const lines = (await sample()).trimEnd().split('\n');
    expect(await outcome(`${change(lines).join('\n')}\n`)).toBe('refused');
  });

  it('is rejected when it is not UTF-8', async () => {
    const bytes = Buffer.from(await sample());
    bytes[bytes.indexOf('A cat')] = 0xff;
    expect(await outcome(bytes)).toBe('refused');
  });

  it('is accepted with Windows line endings', async () => {
    expect(await outcome((await sample()).replaceAll('\n', '\r\n'))).toBe('replayed');
  });

  it('never crashes the mock, regardless of where its bytes change', async () => {
    const bytes = Buffer.from(await sample());
    const seenOutcomes = new Set<string>();
    const edit = fc.record({
      at: fc.nat(bytes.length - 1),
      cut: fc.oneof(fc.nat(3), fc.nat(400)),
      put: fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc
          .constantFrom('null', '[]', '{}', '-1', '1e300', '"', '\n', ',', '\0', '0', 'true')
          .map((one) => Buffer.from(one)),
      ),
    });
    await fc.assert(
      fc.asyncProperty(edit, async ({ at, cut, put }) => {
        seenOutcomes.add(
          await outcome(Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)])),
        );
      }),
      { numRuns: Number(process.env.STUNTDOUBLE_DAMAGE ?? 60) },
    );
    expect(seenOutcomes).toEqual(new Set(['refused', 'replayed']));
  });
});
