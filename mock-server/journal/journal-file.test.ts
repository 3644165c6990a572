import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer, type MockServerOptions } from '../index.ts';
import { openJournalFile } from './journal-file.ts';
import type { OpenEntry } from './unpack-entry.ts';

let dir: string;
const open: { close(): unknown }[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-data-'));
});
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
  rmSync(dir, { recursive: true, force: true });
});

function record(seq: number): OpenEntry {
  return { seq, at: 1, wallAt: 2, type: 'scenario.cleared', account: null };
}

const HEADER = { format: 'stuntdouble-journal', version: 2 };

function openFile(trouble: string[] = []) {
  const file = openJournalFile({ dir, durability: 'strict', onTrouble: (message) => trouble.push(message) });
  open.push(file);
  return file;
}

function past(file: ReturnType<typeof openFile>): OpenEntry[] {
  const records: OpenEntry[] = [];
  file.readPast({
    part: () => undefined,
    snapshot: () => undefined,
    entry(one) {
      records.push(one);
      return null;
    },
  });
  return records;
}

const PATH = () => join(dir, 'journal.jsonl');

describe('the journal on disk', () => {
  it.each(['strict', 'relaxed'] as const)(
    'resolves durable() once the entries are in the file: %s',
    async (durability) => {
      const file = openJournalFile({ dir, durability, onTrouble: () => undefined });
      open.push(file);
      expect(file.durable()).toBeNull();
      for (let seq = 1; seq <= 3; seq++) file.append(record(seq));
      await file.durable();
      expect(linesOnDisk()).toEqual([HEADER, record(1), record(2), record(3)]);
      expect(file.durable()).toBeNull();
    },
  );

  it('reads back the entries in order, including very long lines', async () => {
    const file = openFile();
    const long: OpenEntry = {
      ...record(2),
      type: 'sink.received',
      url: '',
      n: 1,
      status: 200,
      body: 'é'.repeat(2_000_000),
    };
    for (const one of [record(1), long, record(3)]) file.append(one);
    await file.close();
    expect(past(openFile())).toEqual([record(1), long, record(3)]);
  });

  it('removes a truncated last line, reports its size, and appends after it', async () => {
    writeFileSync(PATH(), `${JSON.stringify(record(1))}\n{"seq":2,"at`);
    const file = openFile();
    expect(past(file)).toEqual([record(1)]);
    expect(file.repairedBytes).toBe(12);
    file.append(record(2));
    await file.close();
    expect(past(openFile())).toEqual([record(1), record(2)]);
  });

  it('rejects a damaged line in the middle, and names it', () => {
    writeFileSync(PATH(), `${JSON.stringify(record(1))}\nrubbish\n${JSON.stringify(record(3))}\n`);
    expect(() => past(openFile())).toThrow(/journal\.jsonl:2 is not JSON/);
  });

  it('rejects a file of a later format version', () => {
    writeFileSync(PATH(), '{"format":"stuntdouble-journal","version":4}\n');
    expect(() => past(openFile())).toThrow(/journal\.jsonl:1 has format version 4.*reads versions 1 to 3/);
  });

  it('reads a file without a header, and adds one', async () => {
    writeFileSync(PATH(), `${JSON.stringify(record(5))}\n${JSON.stringify(record(6))}\n`);
    const file = openFile();
    expect(past(file)).toEqual([record(5), record(6)]);
    file.append(record(7));
    await file.close();
    expect(linesOnDisk()).toEqual([HEADER, record(5), record(6), record(7)]);
    expect(past(openFile())).toEqual([record(5), record(6), record(7)]);
  });

  it('replaces a truncated header', async () => {
    writeFileSync(PATH(), '{"format":"stuntd');
    const file = openFile();
    expect(past(file)).toEqual([]);
    file.append(record(1));
    await file.close();
    expect(linesOnDisk()).toEqual([HEADER, record(1)]);
  });

  it('keeps no earlier entries after startOver()', async () => {
    const file = openFile();
    for (let seq = 1; seq <= 3; seq++) file.append(record(seq));
    await file.durable();
    file.append(record(4));
    file.startOver(record(5));
    file.append(record(6));
    await file.durable();
    expect(linesOnDisk()).toEqual([HEADER, record(5), record(6)]);
    await file.close();
    expect(past(openFile())).toEqual([record(5), record(6)]);
  });

  it('rewrites existing entries atomically, and keeps those appended in the meantime', async () => {
    const file = openFile();
    for (let seq = 1; seq <= 3; seq++) file.append(record(seq));
    file.rewrite(record(4), (one) => ({ ...one, wallAt: 99 }));
    file.append(record(5));
    await file.durable();
    const changed = [1, 2, 3].map((seq) => ({ ...record(seq), wallAt: 99 }));
    expect(linesOnDisk()).toEqual([HEADER, ...changed, record(4), record(5)]);
    expect(readdirSync(dir).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('replaces the target of a link, not the link', async () => {
    const target = join(dir, 'elsewhere.jsonl');
    symlinkSync(target, PATH());
    const file = openFile();
    file.rewrite(record(1), (one) => one);
    await file.durable();
    expect(lstatSync(PATH()).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toContain('"seq":1');
  });

  it('is readable only by its owner, like its folder', async () => {
    const made = join(dir, 'made', 'data');
    open.push(openJournalFile({ dir: made, durability: 'strict', onTrouble: () => undefined }));
    const modes = [made, join(made, 'journal.jsonl')].map((path) => lstatSync(path).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600]);
  });
});

describe('an unusable data folder', () => {
  const open = (path: string) =>
    openJournalFile({ dir: path, durability: 'strict', onTrouble: () => undefined });

  it.each<[string, () => string, RegExp]>([
    ['with a file in its place', () => touched(join(dir, 'file')), /file cannot be used: EEXIST/],
    ['inside a file', () => join(touched(join(dir, 'file')), 'data'), /cannot be used: ENOTDIR/],
    ['whose journal is a folder', () => withFolder(PATH()), /cannot be used: EISDIR/],
    [
      'whose journal is a dangling link',
      () => linked(PATH(), join(dir, 'no', 'file')),
      /cannot be used: ENOENT/,
    ],
    [
      'that is a dangling link',
      () => linked(join(dir, 'link'), join(dir, 'none'), 'itself'),
      /cannot be used: ENOENT/,
    ],
    ['that cannot be created', () => '/proc/data', /cannot be used: ENOENT/],
    ['whose journal is a pipe', () => piped(PATH()), /journal\.jsonl is not a file/],
  ])('is rejected %s', (_where, make, expected) => {
    const path = make();
    expect(() => open(path)).toThrow(
      expect.objectContaining({
        code: 'DATA_UNUSABLE',
        message: expect.stringMatching(expected),
        remedy: expect.stringContaining('--data'),
      }),
    );
  });

  it('can be used again after it was rejected', async () => {
    mkdirSync(PATH());
    expect(() => open(dir)).toThrow(/EISDIR/);
    rmSync(PATH(), { recursive: true });
    await open(dir).close();
  });
});

function touched(path: string): string {
  writeFileSync(path, '');
  return path;
}

function withFolder(path: string): string {
  mkdirSync(path);
  return dir;
}

function linked(path: string, target: string, use?: 'itself'): string {
  symlinkSync(target, path);
  return use === 'itself' ? path : dir;
}

function piped(path: string): string {
  execFileSync('mkfifo', [path]);
  return dir;
}

function linesOnDisk(): unknown[] {
  return readFileSync(PATH(), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

describe('a mock with a data folder', () => {
  async function startMock(options: MockServerOptions = {}): Promise<MockServer> {
    return createMockServer({ clock: 'virtual', seed: 7, data: dir, ...options }).listen();
  }

  it('resumes where it stopped: tasks, time, queued scenarios and pending retries', async () => {
    const receiver = await openReceiver(500, 200);
    open.push(receiver);
    const first = await startMock();
    const { taskId } = await runwayCalls(first.url).generate({ callBackUrl: receiver.url });
    const end = first.tasks.get(taskId)?.plan.steps.at(-1)?.at ?? '';
    first.scenarios.enqueue('fail.nsfw', { times: 2 });
    await first.clock.set(end);
    const before = first.tasks.get(taskId);
    await first.close();

    const second = await startMock();
    open.push(second);
    expect(second.tasks.get(taskId)).toEqual(before);
    expect(second.clock.now().toISOString()).toBe(end);
    await second.clock.advance('1h');
    expect(second.tasks.get(taskId)?.deliveries[0]?.attempts.map(({ outcome }) => outcome)).toEqual([
      'rejected',
      'acknowledged',
    ]);
    const next = await runwayCalls(second.url).generate();
    expect(second.tasks.get(next.taskId)?.scenario).toBe('fail.nsfw');
    expect(next.taskId).not.toBe(taskId);
    const seqs = second.journal.entries().map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  });

  it('repeats an attempt cut short by a crash, and records the interruption', async () => {
    const receiver = await openReceiver('hang', 200);
    open.push(receiver);
    const first = await startMock({ grace: 1 });
    const task = await first.tasks.trigger('runway.generate', { to: receiver.url });
    await receiver.received(1);
    // Simulates a crash: the file is restored to its contents before the end of the attempt was written.
    const lines = readFileSync(PATH(), 'utf8');
    await first.close();
    writeFileSync(PATH(), lines);

    const second = await startMock();
    open.push(second);
    await second.settled();
    expect(second.tasks.get(task.id)?.deliveries[0]?.attempts.map(({ n, outcome }) => [n, outcome])).toEqual([
      [1, 'interrupted'],
      [2, 'acknowledged'],
    ]);
    expect(receiver.posts).toHaveLength(2);
  });

  it('rejects tasks of a pack that is not loaded', async () => {
    const first = await startMock();
    await runwayCalls(first.url).generate();
    await first.close();
    const text = readFileSync(PATH(), 'utf8').replaceAll('"pack":"runway"', '"pack":"other"');
    writeFileSync(PATH(), text);
    expect(() => createMockServer({ data: dir })).toThrow(/pack "other", which is not loaded/);
  });

  it('removes evicted tasks from disk', async () => {
    const first = await startMock({ keep: 5 });
    const api = runwayCalls(first.url);
    for (let n = 0; n < 30; n++) {
      await api.generate();
      await first.clock.advance('2m');
    }
    expect(first.tasks.all().length).toBeLessThanOrEqual(10);
    const kept = first.tasks.all().map(({ id }) => id);
    await first.close();
    const second = await startMock({ keep: 5 });
    open.push(second);
    expect(second.tasks.all().map(({ id }) => id)).toEqual(kept);
  });
});
