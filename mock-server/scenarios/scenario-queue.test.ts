import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import type { Account } from '../core/types.ts';
import { createScenarioQueue, type QueuedScenario, type ScenarioQueue } from './scenario-queue.ts';

const ANN = 'key-1' as Account;
const BOB = 'key-2' as Account;

function queueOf(...entries: QueuedScenario[]): ScenarioQueue {
  const queue = createScenarioQueue();
  for (const entry of entries) queue.add(entry);
  return queue;
}

function queued(scenario: string, times = 1, account: Account | null = null): QueuedScenario {
  return { scenario, times, account };
}

function takeAll(queue: ScenarioQueue, account: Account): string[] {
  const taken: string[] = [];
  for (let next = queue.take(account); next !== null; next = queue.take(account)) taken.push(next);
  return taken;
}

describe('a queue of scenarios', () => {
  it('returns its entries in order, each as many times as specified', () => {
    expect(takeAll(queueOf(queued('a', 2), queued('b'), queued('c', 3)), ANN)).toStrictEqual([
      'a',
      'a',
      'b',
      'c',
      'c',
      'c',
    ]);
  });

  it('returns null if it is empty', () => {
    expect(createScenarioQueue().take(ANN)).toBeNull();
    expect(createScenarioQueue().peek(ANN)).toBeNull();
  });

  it('does not return entries of another account', () => {
    const queue = queueOf(queued('for Bob', 1, BOB), queued('for Ann', 1, ANN));
    expect(takeAll(queue, ANN)).toStrictEqual(['for Ann']);
    expect(takeAll(queue, BOB)).toStrictEqual(['for Bob']);
  });

  it('returns an entry for any account to the first account that asks', () => {
    const queue = queueOf(queued('for anybody'), queued('for Ann', 1, ANN));
    expect(queue.take(BOB)).toBe('for anybody');
    expect(queue.take(BOB)).toBeNull();
    expect(queue.take(ANN)).toBe('for Ann');
  });

  it('keeps the order of entries for one account and for any account', () => {
    const queue = queueOf(queued('1', 1, ANN), queued('2'), queued('3', 1, ANN), queued('4', 1, BOB));
    expect(takeAll(queue, ANN)).toStrictEqual(['1', '2', '3']);
    expect(takeAll(queue, BOB)).toStrictEqual(['4']);
  });

  it('lists its entries with the remaining uses', () => {
    const queue = queueOf(queued('a', 3, ANN), queued('b'));
    queue.take(ANN);
    expect(queue.entries).toStrictEqual([queued('a', 2, ANN), queued('b')]);
    queue.take(BOB);
    expect(queue.entries).toStrictEqual([queued('a', 2, ANN)]);
  });

  it('returns the next entry without removing it', () => {
    const queue = queueOf(queued('a', 1, BOB), queued('b', 2));
    expect([queue.peek(ANN), queue.peek(ANN), queue.peek(BOB)]).toStrictEqual(['b', 'b', 'a']);
    expect(queue.entries).toStrictEqual([queued('a', 1, BOB), queued('b', 2)]);
  });

  it('does not modify a list that it has returned', () => {
    const queue = queueOf(queued('a', 2));
    const shown = queue.entries;
    queue.take(ANN);
    queue.add(queued('b'));
    expect(shown).toStrictEqual([queued('a', 2)]);
  });

  it('is cleared completely or for one account', () => {
    const queue = queueOf(queued('a', 1, ANN), queued('b', 1, BOB), queued('c'));
    queue.clear(ANN);
    expect(queue.entries).toStrictEqual([queued('b', 1, BOB), queued('c')]);
    queue.clear();
    expect(queue.entries).toStrictEqual([]);
  });

  it('lists at most the requested number of entries', () => {
    const queue = queueOf(queued('a', 1, ANN), queued('b'), queued('c'));
    expect(queue.first(2)).toStrictEqual([queued('a', 1, ANN), queued('b')]);
    expect(queue.first(0)).toStrictEqual([]);
    expect(queue.size).toBe(3);
  });

  it('inspects one entry per scenario, regardless of the length of the queue', () => {
    const queue = createScenarioQueue();
    for (let n = 0; n < 5000; n++)
      queue.add(queued(n % 2 === 0 ? 'for another pack' : 'for Bob', 1, n % 2 === 0 ? null : BOB));
    queue.add(queued('last'));
    const asked: string[] = [];
    const isKnown = (scenario: string): boolean => asked.push(scenario) > 0 && scenario === 'last';
    expect(queue.peek(ANN, isKnown)).toBe('last');
    expect(asked).toStrictEqual(['for another pack', 'last']);
    for (let n = 0; n < 2500; n++) expect(queue.take(BOB, 'for Bob')).toBe('for Bob');
    expect(queue.take(BOB, 'for Bob')).toBeNull();
    expect(queue.take(ANN, 'last')).toBe('last');
    expect(queue.size).toBe(2500);
  });

  it('is independent of other queues', () => {
    const one = queueOf(queued('a'));
    const other = createScenarioQueue();
    expect(other.take(ANN)).toBeNull();
    expect(one.take(ANN)).toBe('a');
  });

  it('behaves like a list of single uses, for any sequence of calls', () => {
    const someEntry = fc.record({
      scenario: fc.constantFrom('a', 'b', 'c'),
      times: fc.integer({ min: 1, max: 3 }),
      account: fc.constantFrom(null, ANN, BOB),
    });
    const someCall = fc.oneof(
      someEntry.map((entry) => ({ type: 'add' as const, entry })),
      fc.constantFrom(ANN, BOB).map((account) => ({ type: 'take' as const, account })),
    );
    fc.assert(
      fc.property(fc.array(someCall, { maxLength: 30 }), (calls) => {
        const queue = createScenarioQueue();
        let uses: QueuedScenario[] = [];
        for (const call of calls) {
          if (call.type === 'add') {
            queue.add(call.entry);
            uses.push(...Array<QueuedScenario>(call.entry.times).fill(call.entry));
            continue;
          }
          const index = uses.findIndex(({ account }) => account === null || account === call.account);
          const expected = uses[index]?.scenario ?? null;
          expect(queue.peek(call.account)).toBe(expected);
          expect(queue.take(call.account)).toBe(expected);
          uses = uses.filter((_, place) => place !== index);
        }
        expect(queue.entries.reduce((sum, { times }) => sum + times, 0)).toBe(uses.length);
      }),
    );
  });
});
