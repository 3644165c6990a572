import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer, type MockServerOptions } from '../index.ts';
import { openJournalFile } from './journal-file.ts';
import type { JournalRecord } from './journal-record.ts';
import type { OpenRecord } from './open-record.ts';

let dir: string;
const open: { close(): unknown }[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-data-'));
});
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
  rmSync(dir, { recursive: true, force: true });
});

function record(seq: number): OpenRecord {
  return { seq, at: 1, wallAt: 2, type: 'server.reset' };
}

function openFile(trouble: string[] = []) {
  const file = openJournalFile({ dir, durability: 'strict', onTrouble: (message) => trouble.push(message) });
  open.push(file);
  return file;
}

function past(file: ReturnType<typeof openFile>): JournalRecord[] {
  const records: JournalRecord[] = [];
  file.readPast((one) => records.push(one));
  return records;
}

const PATH = () => join(dir, 'journal.jsonl');

describe('the journal on disk', () => {
  it.each(['strict', 'relaxed'] as const)('%s: is there when it says so', async (durability) => {
    const file = openJournalFile({ dir, durability, onTrouble: () => undefined });
    open.push(file);
    expect(file.durable()).toBeNull();
    for (let seq = 1; seq <= 3; seq++) file.append(record(seq));
    await file.durable();
    expect(readFileSync(PATH(), 'utf8').trim().split('\n')).toHaveLength(3);
    expect(file.durable()).toBeNull();
  });

  it('gives back what was written, in order, however long the lines are', async () => {
    const file = openFile();
    const long: OpenRecord = {
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

  it('removes a last line that was cut off, says how much, and goes on behind it', async () => {
    writeFileSync(PATH(), `${JSON.stringify(record(1))}\n{"seq":2,"at`);
    const file = openFile();
    expect(past(file)).toEqual([record(1)]);
    expect(file.repairedBytes).toBe(12);
    file.append(record(2));
    await file.close();
    expect(past(openFile())).toEqual([record(1), record(2)]);
  });

  it('refuses a damaged line in the middle, and names it', () => {
    writeFileSync(PATH(), `${JSON.stringify(record(1))}\nrubbish\n${JSON.stringify(record(3))}\n`);
    expect(() => past(openFile())).toThrow(/journal\.jsonl:2 is not JSON/);
  });

  it('is not shared with another process that lives, and is taken over from one that died', async () => {
    const holder = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
    writeFileSync(join(dir, 'lock'), String(holder.pid));
    expect(() => openFile()).toThrow(/in use by process/);
    const gone = new Promise((resolve) => holder.on('exit', resolve));
    holder.kill('SIGKILL');
    await gone;
    expect(past(openFile())).toEqual([]);
  });

  it('gives up with one clear message when the disk is full, and keeps nobody waiting', async () => {
    symlinkSync('/dev/full', PATH());
    const trouble: string[] = [];
    const file = openFile(trouble);
    expect(past(file)).toEqual([]);
    file.append(record(1));
    await file.durable();
    file.append(record(2));
    expect(file.durable()).toBeNull();
    expect(trouble).toEqual([expect.stringMatching(/cannot be written: ENOSPC/)]);
  });

  it('gives up likewise on a folder that cannot be made', () => {
    writeFileSync(join(dir, 'file'), '');
    const trouble: string[] = [];
    const file = openJournalFile({
      dir: join(dir, 'file', 'data'),
      durability: 'strict',
      onTrouble: (message) => trouble.push(message),
    });
    expect(file.trouble).toMatch(/cannot be written/);
    expect(trouble).toHaveLength(1);
    expect(past(file)).toEqual([]);
  });
});

describe('a mock with a data folder', () => {
  async function startMock(options: MockServerOptions = {}): Promise<MockServer> {
    return createMockServer({ clock: 'virtual', seed: 7, data: dir, ...options }).listen();
  }

  it('goes on where it was: tasks, time, queued scenarios, retries to come', async () => {
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

  it('makes an attempt again that a crash cut short, and says so in the ledger', async () => {
    const receiver = await openReceiver('hang', 200);
    open.push(receiver);
    const first = await startMock({ grace: 1 });
    const task = await first.tasks.trigger('runway.generate', { to: receiver.url });
    await receiver.received(1);
    // The crash: everything up to here is on disk, the attempt's end never gets there.
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

  it('goes on from memory when the disk is full, and is marked degraded', async () => {
    symlinkSync('/dev/full', PATH());
    const trouble: string[] = [];
    const mock = await startMock({ onTrouble: (message) => trouble.push(message) });
    open.push(mock);
    expect((await runwayCalls(mock.url).generate()).body.code).toBe(200);
    expect((await runwayCalls(mock.url).generate()).body.code).toBe(200);
    const health = (await (await fetch(`${mock.url}/__admin/health`)).json()) as object;
    expect(health).toMatchObject({ status: 'degraded', trouble: expect.stringContaining('ENOSPC') });
    expect(trouble).toHaveLength(1);
    expect(mock.data?.trouble).toBe(trouble[0]);
  });

  it('refuses tasks of a pack that is not loaded', async () => {
    const first = await startMock();
    await runwayCalls(first.url).generate();
    await first.close();
    const text = readFileSync(PATH(), 'utf8').replaceAll('"pack":"runway"', '"pack":"other"');
    writeFileSync(PATH(), text);
    expect(() => createMockServer({ data: dir })).toThrow(/pack "other", which is not loaded/);
    rmSync(join(dir, 'lock'), { force: true });
  });

  it('forgets on disk what it forgot in memory', async () => {
    const first = await startMock({ keep: 5 });
    const api = runwayCalls(first.url);
    for (let n = 0; n < 30; n++) {
      await api.generate();
      await first.clock.advance('2m');
    }
    expect(first.tasks.all().length).toBeLessThanOrEqual(10);
    const kept = first.tasks.all().map(({ id }) => id);
    await first.close();
    appendFileSync(PATH(), '');
    const second = await startMock({ keep: 5 });
    open.push(second);
    expect(second.tasks.all().map(({ id }) => id)).toEqual(kept);
  });
});
