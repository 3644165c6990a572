import { describe, expect, it } from 'vitest';
import { createJournal, type Journal } from '../../journal/journal.ts';
import { createVerdicts, type Judge } from './verdicts.ts';

function open(judge: Judge) {
  const journal = createJournal({ now: () => 0, wallNow: () => 0, keep: 1000, file: null });
  const verdicts = createVerdicts({ journal, packs: [], judge, concerns: () => true });
  const ask = (signal = new AbortController().signal) => verdicts.of(undefined, signal);
  return { journal, ask };
}

function happen(journal: Journal, times = 1): void {
  for (let n = 0; n < times; n++) journal.append({ type: 'clock.moved', fromAt: 0, toAt: 1 });
}

describe('verdicts', () => {
  it('are shared by concurrent callers', async () => {
    let runs = 0;
    const { journal, ask } = open((entries) => [++runs, [...entries].length]);
    happen(journal);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  it('cover everything that happened before the call', async () => {
    const { journal, ask } = open(function* (entries) {
      yield* Array.from({ length: 10 });
      return [...entries].length;
    });
    happen(journal);
    const first = ask();
    await new Promise((resolve) => setImmediate(resolve));
    happen(journal);
    expect(await Promise.all([first, ask()])).toEqual([1, 2]);
  });

  it('yield to other work between two steps of the judge', async () => {
    const seen: number[] = [];
    let steps = 0;
    const { ask } = open(function* () {
      for (; new Set(seen).size < 4; steps++) yield;
      return steps;
    });
    let isOpen = true;
    const watch = (): void => {
      seen.push(steps);
      if (isOpen) setImmediate(watch);
    };
    watch();
    await ask();
    isOpen = false;
    expect(new Set(seen).size).toBeGreaterThan(3);
  });

  it('are not computed for a caller that has disconnected', async () => {
    let steps = 0;
    let isStopped = false;
    const { ask } = open(function* () {
      try {
        for (;;) {
          steps += 1;
          yield;
        }
      } finally {
        isStopped = true;
      }
    });
    const client = new AbortController();
    const asked = ask(client.signal);
    await expect.poll(() => steps).toBeGreaterThan(0);
    client.abort();
    await expect(asked).rejects.toThrow('aborted');
    expect(isStopped).toBe(true);
  });

  it('continue for the other callers when one disconnects', async () => {
    const { ask } = open(() => 'judged');
    const client = new AbortController();
    const [gone, patient] = [ask(client.signal), ask()];
    client.abort();
    expect(await Promise.all([gone, patient])).toEqual(['judged', 'judged']);
  });

  it('are computed again after a failed run', async () => {
    let runs = 0;
    const { ask } = open(() => {
      runs += 1;
      if (runs === 1) throw new Error('not this time');
      return runs;
    });
    await expect(ask()).rejects.toThrow('not this time');
    expect(await ask()).toBe(2);
  });
});
