import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Durability } from './durability.ts';
import type { Disk, ExistingEntries } from './journal-disk.ts';
import { sampleEntry } from './testing/sample-entries.ts';
import type { OpenEntry } from './unpack-entry.ts';
import { WriteQueue } from './write-queue.ts';

beforeEach(() => {
  // Retries are awaited by advancing the timers. Turns of the event loop stay real.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => void vi.useRealTimers());

const stateEntry = (seq: number): OpenEntry => sampleEntry('task.expired', { seq });
const observation = (seq: number, body = ''): OpenEntry => sampleEntry('sink.received', { seq, body });

/** A disk in memory that writes a batch when the test lets it, or fails. */
function createDisk() {
  const calls: { readonly before: ExistingEntries; readonly text: string }[] = [];
  const files: (string | number)[] = [];
  const held: (() => void)[] = [];
  const state = { failure: null as string | null, isHeld: false, contents: '' };

  async function work(): Promise<void> {
    if (state.isHeld) await new Promise<void>((resolve) => held.push(resolve));
    if (state.failure !== null) throw new Error(state.failure);
  }

  const disk = {
    async put(before: ExistingEntries, text: string): Promise<void> {
      calls.push({ before, text });
      await work();
      if (before === 'wiped') state.contents = '';
      state.contents += text;
    },
    async startNew(seq: number): Promise<void> {
      await work();
      files.push(seq);
      state.contents += `[${seq}]\n`;
    },
  };
  return {
    disk: disk as unknown as Disk,
    state,
    calls,
    files,
    release: () => {
      state.isHeld = false;
      for (const go of held.splice(0)) go();
    },
    /** The numbers of the entries in the file, the ranges of removed ones, and the marks of new files. */
    seqs: (): unknown[] =>
      state.contents
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const value = JSON.parse(line) as { readonly seq?: number; readonly removed?: unknown };
          return value.seq ?? value.removed ?? value;
        }),
  };
}

function createWorld(durability: Durability = 'strict', maxQueued?: number) {
  const world = createDisk();
  const messages: string[] = [];
  const queue = new WriteQueue({
    dir: '/data',
    disk: world.disk,
    durability,
    onTrouble: (message) => void messages.push(message),
    ...(maxQueued === undefined ? {} : { maxQueued }),
  });
  return {
    ...world,
    messages,
    queue,
    /** Lets the disk fail, and appends an entry that meets the failure. */
    async fail(seq: number): Promise<void> {
      world.state.failure = 'ENOSPC';
      queue.append(stateEntry(seq));
      await expect.poll(() => queue.trouble).not.toBeNull();
    },
    /** Lets the disk work again, and waits for the next retry. */
    async recover(): Promise<void> {
      world.state.failure = null;
      await vi.advanceTimersByTimeAsync(10_000);
      await expect.poll(() => queue.trouble).toBeNull();
    },
  };
}

describe('the write queue', () => {
  it('writes the entries of one tick together and in order', async () => {
    const { queue, calls, seqs } = createWorld();
    expect(queue.durable()).toBeNull();
    const lengths = [1, 2, 3].map((seq) => queue.append(stateEntry(seq)));
    await queue.durable();
    expect(calls).toHaveLength(1);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(calls[0]?.text.length);
    expect(seqs()).toEqual([1, 2, 3]);
    expect([queue.durable(), queue.written(), queue.trouble]).toEqual([null, null, null]);
  });

  it('resolves a wait only when the entries before it are written', async () => {
    const { queue, state, release, seqs } = createWorld();
    state.isHeld = true;
    queue.append(stateEntry(1));
    let isOver = false;
    const wait = queue.durable()?.then(() => {
      isOver = true;
    });
    await new Promise(setImmediate);
    expect([isOver, seqs()]).toEqual([false, []]);
    release();
    await wait;
    expect([isOver, seqs()]).toEqual([true, [1]]);
  });

  it('writes the entries appended during a write afterwards', async () => {
    const { queue, state, release, calls, seqs } = createWorld();
    state.isHeld = true;
    queue.append(stateEntry(1));
    await expect.poll(() => calls.length).toBe(1);
    queue.append(stateEntry(2));
    queue.append(stateEntry(3));
    release();
    await queue.durable();
    expect([calls.length, seqs()]).toEqual([2, [1, 2, 3]]);
  });

  it('changes the existing entries before the next one, and without one once it is started', async () => {
    const { queue, calls } = createWorld();
    const change = (entry: OpenEntry): OpenEntry => entry;
    queue.append(stateEntry(1));
    queue.change(change);
    queue.append(stateEntry(2));
    await queue.durable();
    queue.change('wiped');
    queue.start();
    await queue.durable();
    expect(calls.map(({ before }) => before)).toEqual(['kept', change, 'wiped']);
    expect(calls.map(({ text }) => text === '')).toEqual([false, false, true]);
  });
});

describe('a new file', () => {
  it('begins between the entries before and after it', async () => {
    const { queue, files, seqs } = createWorld();
    queue.append(stateEntry(1));
    const begun = queue.startNewFile(1);
    queue.append(stateEntry(2));
    expect(await begun).toBe(true);
    await queue.durable();
    expect([files, seqs()]).toEqual([[1], [1, [1], 2]]);
  });

  it('is not begun when it cannot be created, and the entries go to the present one', async () => {
    const { queue, disk, seqs } = createWorld();
    disk.startNew = () => Promise.reject(new Error('EACCES'));
    const begun = queue.startNewFile(1);
    queue.append(stateEntry(2));
    expect(await begun).toBe(false);
    await queue.durable();
    expect([seqs(), queue.trouble]).toEqual([[2], null]);
  });

  it('is not begun after a reset, or after the mock has ended', async () => {
    const { queue, seqs, fail } = createWorld();
    await fail(1);
    const first = queue.startNewFile(1);
    queue.startOver(sampleEntry('server.reset', { seq: 2 }));
    expect(await first).toBe(false);
    const second = queue.startNewFile(2);
    await queue.close();
    expect(await second).toBe(false);
    expect(seqs()).toEqual([]);
  });
});

describe('a reset', () => {
  it('replaces the entries that are not yet written', async () => {
    const { queue, calls, seqs } = createWorld();
    queue.append(stateEntry(1));
    const wait = queue.durable();
    queue.startOver(sampleEntry('server.reset', { seq: 2 }));
    queue.append(stateEntry(3));
    await wait;
    await queue.durable();
    expect([seqs(), calls.length]).toEqual([[2, 3], 1]);
  });

  it('replaces a batch whose write fails later', async () => {
    const { queue, state, release, calls, seqs, recover } = createWorld();
    state.isHeld = true;
    queue.append(stateEntry(1));
    const wait = queue.written();
    await expect.poll(() => calls.length).toBe(1);
    queue.startOver(sampleEntry('server.reset', { seq: 2 }));
    state.failure = 'ENOSPC';
    release();
    await expect.poll(() => queue.trouble).not.toBeNull();
    await recover();
    expect(await wait).toBe(true);
    expect(seqs()).toEqual([2]);
  });

  it('is written immediately while the disk fails', async () => {
    const { queue, state, fail, seqs, messages } = createWorld();
    await fail(1);
    state.failure = null;
    queue.startOver(sampleEntry('server.reset', { seq: 2 }));
    await queue.durable();
    expect(seqs()).toEqual([2]);
    expect(messages).toEqual(['cannot write to /data: ENOSPC', '/data is writable again']);
  });
});

describe('a failing disk', () => {
  it('rejects waits in strict mode, and writes everything once after it recovers', async () => {
    const { queue, state, fail, recover, seqs, messages } = createWorld();
    state.failure = 'ENOSPC';
    queue.append(stateEntry(1));
    const unwritable = expect.objectContaining({
      code: 'DATA_UNWRITABLE',
      message: 'cannot write to /data: ENOSPC',
    });
    await expect(queue.durable()).rejects.toEqual(unwritable);
    await expect(queue.durable()).rejects.toEqual(unwritable);
    expect(queue.refusal()).toEqual(unwritable);
    await fail(2);
    const written = queue.written();
    await recover();
    expect(await written).toBe(true);
    expect([seqs(), queue.refusal()]).toEqual([[1, 2], null]);
    expect(messages).toEqual(['cannot write to /data: ENOSPC', '/data is writable again']);
  });

  it('ends waits in relaxed mode, and writes everything once after it recovers', async () => {
    const { queue, state, recover, seqs, messages } = createWorld('relaxed');
    state.failure = 'ENOSPC';
    queue.append(stateEntry(1));
    await queue.durable();
    expect([queue.durable(), queue.written(), queue.refusal()]).toEqual([null, null, null]);
    expect(queue.trouble).toBe('cannot write to /data: ENOSPC');
    queue.append(stateEntry(2));
    await recover();
    expect(seqs()).toEqual([1, 2]);
    expect(messages).toEqual([
      'cannot write to /data: ENOSPC; continuing in memory',
      '/data is writable again',
    ]);
  });

  it('is retried at growing intervals of at most five seconds', async () => {
    const { calls, fail } = createWorld();
    await fail(1);
    const gaps: number[] = [];
    for (let tries = 1; gaps.length < 8; gaps.push(0)) {
      while (calls.length === tries) {
        await vi.advanceTimersByTimeAsync(100);
        // The retry begins with the next turn of the event loop.
        await new Promise(setImmediate);
        await new Promise(setImmediate);
        gaps.push((gaps.pop() ?? 0) + 100);
      }
      tries = calls.length;
    }
    expect(gaps.slice(0, -1)).toEqual([100, 200, 400, 800, 1600, 3200, 5000]);
  });

  it('resolves the remaining waits to false when they are released', async () => {
    const { queue, fail } = createWorld();
    await fail(1);
    const written = queue.written();
    queue.release();
    expect(await written).toBe(false);
  });
});

describe('a full queue', () => {
  it('drops observations and keeps the other entries while the disk fails', async () => {
    const { queue, fail, recover, seqs } = createWorld('strict', 1000);
    await fail(1);
    expect(queue.append(observation(2, 'x'.repeat(1000)))).toBeGreaterThan(1000);
    expect([queue.append(observation(3)), queue.append(observation(4))]).toEqual([0, 0]);
    expect(queue.append(stateEntry(5))).toBeGreaterThan(0);
    await recover();
    queue.append(observation(6));
    await queue.durable();
    expect(seqs()).toEqual([1, 2, { from: 3, to: 4 }, 5, 6]);
  });

  it('is abandoned in relaxed mode: nothing more is written, and the file has no gap', async () => {
    const { queue, state, fail, seqs, messages } = createWorld('relaxed', 1000);
    await fail(1);
    const begun = queue.startNewFile(1);
    for (let seq = 2; seq < 7; seq++) queue.append(observation(seq, 'x'.repeat(900)));
    for (let seq = 7; seq < 100; seq++) queue.append(stateEntry(seq));
    expect(await begun).toBe(false);
    expect(queue.append(stateEntry(100))).toBe(0);
    expect(messages.at(-1)).toContain('the write queue is full, so nothing is written until the next start');
    state.failure = null;
    await vi.advanceTimersByTimeAsync(60_000);
    await queue.close();
    expect(seqs()).toEqual([]);
  });

  it('stays abandoned when a retry in progress succeeds', async () => {
    const { queue, state, calls, release, fail, seqs } = createWorld('relaxed', 1000);
    await fail(1);
    state.isHeld = true;
    const before = calls.length;
    await vi.advanceTimersByTimeAsync(10_000);
    await expect.poll(() => calls.length).toBe(before + 1);
    for (let seq = 2; seq < 100; seq++) queue.append(stateEntry(seq));
    expect(queue.trouble).toContain('the write queue is full');
    state.failure = null;
    release();
    await expect.poll(seqs).toEqual([1]);
    expect(queue.append(stateEntry(100))).toBe(0);
    await queue.close();
    expect(seqs()).toEqual([1]);
    expect(queue.trouble).toContain('the write queue is full');
  });

  it('stays abandoned when a retry in progress fails', async () => {
    const { queue, state, calls, release, fail, seqs } = createWorld('relaxed', 1000);
    await fail(1);
    state.isHeld = true;
    const before = calls.length;
    await vi.advanceTimersByTimeAsync(10_000);
    await expect.poll(() => calls.length).toBe(before + 1);
    for (let seq = 2; seq < 100; seq++) queue.append(stateEntry(seq));
    release();
    await new Promise(setImmediate);
    state.failure = null;
    await vi.advanceTimersByTimeAsync(60_000);
    await queue.close();
    expect([seqs(), calls.length]).toEqual([[], before + 1]);
  });

  it('is used again after a reset', async () => {
    const { queue, state, fail, recover, seqs } = createWorld('relaxed', 1000);
    await fail(1);
    for (let seq = 2; seq < 100; seq++) queue.append(stateEntry(seq));
    state.failure = null;
    queue.startOver(sampleEntry('server.reset', { seq: 100 }));
    await queue.durable();
    await expect.poll(() => queue.trouble).toBeNull();
    await fail(101);
    expect(queue.append(stateEntry(102))).toBeGreaterThan(0);
    await recover();
    expect(seqs()).toEqual([100, 101, 102]);
  });
});

describe('closing', () => {
  it.each(['strict', 'relaxed'] as const)('waits for what is queued: %s', async (durability) => {
    const { queue, seqs } = createWorld(durability);
    queue.append(stateEntry(1));
    await queue.close();
    expect(seqs()).toEqual([1]);
  });

  it.each(['strict', 'relaxed'] as const)(
    'tries a failing disk once more, and waits for the result: %s',
    async (durability) => {
      const { queue, state, calls, fail, seqs } = createWorld(durability);
      await fail(1);
      state.failure = null;
      await queue.close();
      expect(seqs()).toEqual([1]);
      const count = calls.length;
      await vi.advanceTimersByTimeAsync(60_000);
      await new Promise(setImmediate);
      expect(calls.length).toBe(count);
    },
  );

  it.each(['strict', 'relaxed'] as const)(
    'ends while the disk still fails, without further writes: %s',
    async (durability) => {
      const { queue, calls, fail } = createWorld(durability);
      await fail(1);
      const before = calls.length;
      await queue.close();
      expect(calls.length).toBe(before + 1);
      await vi.advanceTimersByTimeAsync(60_000);
      await new Promise(setImmediate);
      expect(calls.length).toBe(before + 1);
    },
  );

  it.each(['strict', 'relaxed'] as const)('waits for a write in progress: %s', async (durability) => {
    const { queue, state, calls, release, fail } = createWorld(durability);
    await fail(1);
    state.isHeld = true;
    const before = calls.length;
    await vi.advanceTimersByTimeAsync(10_000);
    await expect.poll(() => calls.length).toBe(before + 1);
    let isClosed = false;
    const closed = queue.close().then(() => {
      isClosed = true;
    });
    await new Promise(setImmediate);
    expect(isClosed).toBe(false);
    release();
    await closed;
    expect(isClosed).toBe(true);
  });
});
