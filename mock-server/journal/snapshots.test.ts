import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer, type MockServerOptions } from '../index.ts';
import type { SavedPart } from './fold.ts';
import { Snapshots, type SnapshotsOptions } from './snapshots.ts';

let dir: string;
let messages: string[];
const open: { close(): unknown }[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-snapshots-'));
  messages = [];
});
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
  rmSync(dir, { recursive: true, force: true });
});

async function start(options: MockServerOptions = {}): Promise<MockServer> {
  const onTrouble = (message: string): void => void messages.push(message);
  const all = {
    clock: 'virtual',
    seed: 5,
    data: dir,
    snapshotAfter: '4kb',
    rateLimit: '30/1h',
    ...options,
    onTrouble,
  };
  const mock = await createMockServer(all as MockServerOptions).listen();
  open.push(mock);
  return mock;
}

async function text(url: string, method = 'GET'): Promise<string> {
  return (await fetch(url, { method, headers: { authorization: 'Bearer test-key' } })).text();
}

/** Returns the observable state of a mock, except for the entries that it lists. */
async function stateOf(mock: MockServer): Promise<unknown> {
  const metrics = await text(`${mock.url}/__admin/metrics`);
  return {
    tasks: mock.tasks.all(),
    scenarios: await text(`${mock.url}/__admin/scenarios`),
    now: mock.clock.now().toISOString(),
    counters: metrics.split('\n').filter((line) => !/process_heap|kept_bytes/.test(line)),
  };
}

const snapshots = (): string[] => readdirSync(dir).filter((name) => name.startsWith('snapshot-'));
const newest = (): string => {
  const seqs = snapshots().map((name) => Number(/\d+/.exec(name)?.[0]));
  return join(dir, `snapshot-${Math.max(...seqs)}.jsonl`);
};

/** Does something of every kind, and waits after each step until no snapshot is being written. */
async function perform(mock: MockServer, to: string, rounds: number): Promise<void> {
  const api = runwayCalls(mock.url);
  for (let n = 0; n < rounds; n++) {
    const { taskId } = await api.generate({ prompt: 'A cat', callBackUrl: to });
    await api.details(taskId);
    await mock.clock.advance('10m');
    const { videoUrl = '' } = (await api.details(taskId)).body.data.videoInfo ?? {};
    if (videoUrl !== '') await text(videoUrl);
    mock.tasks.redeliver(taskId);
    mock.scenarios.enqueue('fail.nsfw', { times: 2 });
    const running = await api.generate({ prompt: `A dog ${n}` });
    if (n % 2 === 0) mock.tasks.amend(running.taskId, 'success');
    await mock.settled();
  }
}

async function kept(rounds = 6, options: MockServerOptions = {}): Promise<unknown> {
  const receiver = await openReceiver(500, 200);
  open.push(receiver);
  const mock = await start(options);
  await perform(mock, receiver.url, rounds);
  const state = await stateOf(mock);
  await mock.close();
  return state;
}

describe('a mock with snapshots', () => {
  it('has the same state after a restart, and continues it in the same way', async () => {
    const before = await kept();
    expect(snapshots().length).toBeGreaterThan(0);
    const second = await start();
    expect(await stateOf(second)).toEqual(before);
    const api = runwayCalls(second.url);
    // The counts of equal requests, the queue and the rate windows continue.
    const ids = new Set(second.tasks.all().map(({ id }) => id));
    const next = await api.generate({ prompt: 'A cat' });
    expect(ids.has(next.taskId)).toBe(false);
    expect(second.tasks.get(next.taskId)?.scenario).toBe('fail.nsfw');
    const codes: number[] = [];
    for (let n = 0; n < 30; n++) codes.push((await api.generate({ prompt: `${n}` })).body.code);
    expect(codes.filter((code) => code !== 200).length).toBeGreaterThan(0);
    expect(messages).toEqual([]);
  });

  it('numbers the entries without a gap across a restart', async () => {
    await kept();
    const second = await start();
    const last = second.journal.entries().at(-1)?.seq ?? 0;
    const heard: number[] = [];
    second.journal.subscribe(({ seq }) => heard.push(seq));
    await runwayCalls(second.url).generate();
    expect(heard[0]).toBeGreaterThan(last);
    expect(heard).toEqual(heard.map((_, index) => (heard[0] ?? 0) + index));
  });

  it('keeps at most two snapshots, and the entries since the older one', async () => {
    await kept(30);
    const seqs = snapshots().map((name) => Number(/\d+/.exec(name)?.[0]));
    expect(seqs).toHaveLength(2);
    const closed = readdirSync(dir).filter((name) => /^journal\.jsonl\.\d+$/.test(name));
    expect(closed.every((name) => Number(name.split('.').at(-1)) > Math.min(...seqs))).toBe(true);
  });

  it.each<[string, (path: string) => void]>([
    ['a changed byte', (path) => writeFileSync(path, changed(readFileSync(path)))],
    ['a missing end', (path) => writeFileSync(path, readFileSync(path).subarray(0, -200))],
    ['no contents', (path) => writeFileSync(path, '')],
    ['other contents', (path) => writeFileSync(path, 'rubbish\n')],
  ])('falls back to the previous snapshot when the newest one has %s', async (_what, damage) => {
    const before = await kept(12);
    expect(snapshots()).toHaveLength(2);
    const path = newest();
    damage(path);
    expect(await stateOf(await start())).toEqual(before);
    expect(messages).toEqual([`${path} is damaged; earlier data was read instead`]);
  });

  it('falls back to the entries alone when the only snapshot is damaged', async () => {
    const before = await kept(2, { snapshotAfter: '12kb' });
    expect(snapshots()).toHaveLength(1);
    writeFileSync(newest(), 'rubbish\n');
    expect(await stateOf(await start())).toEqual(before);
  });

  it('is not started when all snapshots are damaged and earlier entries are gone', async () => {
    await kept(12);
    for (const name of snapshots()) writeFileSync(join(dir, name), 'rubbish\n');
    expect(() => createMockServer({ data: dir })).toThrow(
      expect.objectContaining({
        code: 'DATA_DAMAGED',
        message: expect.stringMatching(/continues after entry \d+, whose snapshot is damaged/),
        remedy: expect.stringContaining('Restore the folder'),
      }),
    );
  });

  it('is not started on a snapshot of a later version', async () => {
    await kept(12);
    const path = newest();
    writeFileSync(path, readFileSync(path, 'utf8').replace('"version":1', '"version":2'));
    expect(() => createMockServer({ data: dir })).toThrow(
      expect.objectContaining({
        code: 'DATA_DAMAGED',
        message: `${path}:1 has format version 2; this version of Stunt Double reads version 1`,
      }),
    );
  });

  it('reads a journal of an older version, and continues it with snapshots', async () => {
    const before = await kept(6, { snapshotAfter: '1gb' });
    const path = join(dir, 'journal.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^.*\n/, ''));
    const second = await start();
    expect(await stateOf(second)).toEqual(before);
    await perform(second, 'http://127.0.0.1:9/', 1);
    const state = await stateOf(second);
    await second.close();
    expect(snapshots().length).toBeGreaterThan(0);
    expect(await stateOf(await start())).toEqual(state);
  });

  it('continues after an interruption between the two renames of a new file', async () => {
    const before = await kept(12, { snapshotAfter: '8kb' });
    const path = join(dir, 'journal.jsonl');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const { seq } = JSON.parse(lines.at(-1) ?? '') as { seq: number };
    copyFileSync(path, `${path}.${seq}`);
    rmSync(path);
    expect(await stateOf(await start())).toEqual(before);
  });

  it('removes an unfinished snapshot of an interrupted run', async () => {
    const before = await kept();
    writeFileSync(join(dir, 'snapshot-999999.jsonl.new'), '{"format":"stuntdouble-sn');
    expect(await stateOf(await start())).toEqual(before);
    expect(readdirSync(dir).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('has no data from before a reset in any file', async () => {
    const receiver = await openReceiver();
    open.push(receiver);
    const mock = await start();
    await perform(mock, receiver.url, 8);
    expect(snapshots().length).toBeGreaterThan(0);
    mock.reset();
    await mock.settled();
    expect(readdirSync(dir).filter((name) => /^(snapshot|journal\.jsonl\.)/.test(name))).toEqual([]);
    const before = await stateOf(mock);
    await mock.close();
    expect(await stateOf(await start())).toEqual(before);
  });

  it('removes the contents of evicted tasks from all files when the journal is cleared', async () => {
    const receiver = await openReceiver();
    open.push(receiver);
    const mock = await start({ keep: 3, rateLimit: 'off' });
    await perform(mock, receiver.url, 8);
    await mock.clock.advance('1h');
    const gone = 'A dog 0';
    expect(mock.tasks.all().some(({ plan }) => plan.request.prompt === gone)).toBe(false);
    await text(`${mock.url}/__admin/journal`, 'DELETE');
    const files = readdirSync(dir).filter((name) => name.includes('.jsonl'));
    const contents = files.map((name) => readFileSync(join(dir, name), 'utf8'));
    expect(contents.length).toBeGreaterThan(2);
    expect(contents.filter((content) => content.includes(`${gone}"`))).toEqual([]);
    const before = await stateOf(mock);
    await mock.close();
    expect(await stateOf(await start({ keep: 3, rateLimit: 'off' }))).toEqual(before);
  });

  it('stays within seven times the size of its state, and twice the size without a snapshot', async () => {
    const mock = await start({ rateLimit: 'off', keep: 20, snapshotAfter: '64kb' });
    const api = runwayCalls(mock.url);
    let largest = 0;
    for (let n = 0; n < 400; n++) {
      await api.generate({ prompt: `A cat ${n}` });
      await mock.clock.advance('2m');
      // Entries that are appended while a snapshot is written would add to the size.
      await mock.settled();
      const sizes = readdirSync(dir).map((name) => statSync(join(dir, name)).size);
      largest = Math.max(
        largest,
        sizes.reduce((sum, size) => sum + size, 0),
      );
    }
    const state = statSync(newest()).size;
    expect(largest).toBeLessThanOrEqual(7 * state + 2 * 64 * 1024);
    expect(readFileSync(newest(), 'utf8')).not.toContain('"A cat 0"');
  });
});

function changed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf('A cat');
  copy[at] = 'B'.charCodeAt(0);
  return copy;
}

function* parts(): Generator<SavedPart> {
  yield ['clock', 1];
}

describe('snapshots alone', () => {
  const stampOf = (seq: number, wallAt = 0) => ({ seq, at: 0, wallAt });

  function create(change: Partial<SnapshotsOptions> = {}): Snapshots {
    return new Snapshots({
      dir,
      path: join(dir, 'journal.jsonl'),
      policy: { afterBytes: 100, everyMs: 1000 },
      startNewFile: async () => true,
      onTrouble: (message) => void messages.push(message),
      ...change,
    });
  }

  it('are due after a number of bytes, or twice the size of the state if that is more', () => {
    const small = create();
    expect([small.count(99, 0), small.count(1, 0)]).toEqual([false, true]);
    const large = create();
    large.resume(stampOf(1), 500, 99);
    expect([large.count(900, 0), large.count(1, 0)]).toEqual([false, true]);
  });

  it('are due when the latest one, or the first entry, has an age', () => {
    const fresh = create();
    expect([fresh.count(1, 500), fresh.count(1, 1499), fresh.count(1, 1500)]).toEqual([false, false, true]);
    const resumed = create();
    resumed.resume(stampOf(1, 200), 0, 0);
    expect([resumed.count(1, 1199), resumed.count(1, 1200)]).toEqual([false, true]);
  });

  it('are written one at a time, and the two newest stay', async () => {
    const all = create();
    for (const seq of [1, 2, 3]) {
      expect(all.count(10_000, 0)).toBe(true);
      all.take(stampOf(seq), parts());
      expect(all.count(10_000, 0)).toBe(false);
      await all.settled();
    }
    expect(snapshots().sort()).toEqual(['snapshot-2.jsonl', 'snapshot-3.jsonl']);
    expect(messages).toEqual([]);
  });

  it('leave no file when they are canceled, or the entries after them have no new file', async () => {
    const canceled = create();
    canceled.take(stampOf(1), parts());
    canceled.cancel();
    await canceled.settled();
    const unwanted = create({ startNewFile: async () => false });
    unwanted.take(stampOf(1), parts());
    await unwanted.settled();
    expect([snapshots(), messages]).toEqual([[], []]);
  });

  it('report a failure, and are due again after as many bytes', async () => {
    const all = create({ dir: join(dir, 'missing') });
    all.count(100, 0);
    all.take(stampOf(1), parts());
    await all.settled();
    expect(messages).toEqual([expect.stringMatching(/^cannot write a snapshot to .*ENOENT/)]);
    expect([all.count(99, 0), all.count(1, 0)]).toEqual([false, true]);
  });

  it('start again from nothing after a reset', async () => {
    const all = create();
    all.resume(stampOf(9), 5000, 90);
    all.startOver();
    expect([all.count(99, 0), all.count(1, 0)]).toEqual([false, true]);
    all.take(stampOf(10), parts());
    await all.settled();
    expect(snapshots()).toEqual(['snapshot-10.jsonl']);
  });
});
