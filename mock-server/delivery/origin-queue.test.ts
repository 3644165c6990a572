import { describe, expect, it } from 'vitest';
import { createOriginQueue, type OriginQueue } from './origin-queue.ts';

/** Lets everything continue that waits for its turn alone. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Enters, and notes the number when it is in. */
function enterAs(queue: OriginQueue, n: number, order: number[], origin = 'a'): void {
  const waiting = queue.enter(origin);
  if (waiting === null) order.push(n);
  else void waiting.then(() => order.push(n));
}

describe('the queue of an origin', () => {
  it('admits as many as it is wide, and the others in the order of their arrival', async () => {
    const queue = createOriginQueue(2);
    const order: number[] = [];
    for (let n = 0; n < 5; n++) enterAs(queue, n, order);
    await turn();
    expect(order).toEqual([0, 1]);
    for (const expected of [
      [0, 1, 2],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4],
    ]) {
      queue.leave('a');
      await turn();
      expect(order).toEqual(expected);
    }
  });

  it('does not delay other origins', async () => {
    const queue = createOriginQueue(1);
    const order: number[] = [];
    enterAs(queue, 1, order);
    enterAs(queue, 2, order);
    enterAs(queue, 3, order, 'b');
    await turn();
    expect(order).toEqual([1, 3]);
  });

  it('has its whole width again after everyone has left', async () => {
    const queue = createOriginQueue(1);
    for (let n = 0; n < 10; n++) {
      expect(queue.enter('a')).toBeNull();
      queue.leave('a');
    }
    const order: number[] = [];
    enterAs(queue, 1, order);
    enterAs(queue, 2, order);
    await turn();
    expect(order).toEqual([1]);
    queue.leave('a');
    await turn();
    expect(order).toEqual([1, 2]);
  });

  it('ignores a leave for an origin that nobody has entered', () => {
    const queue = createOriginQueue(1);
    queue.leave('a');
    expect(queue.enter('a')).toBeNull();
    expect(queue.enter('a')).not.toBeNull();
  });

  it('keeps the order of a hundred thousand that wait', async () => {
    const queue = createOriginQueue(128);
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 100_000 }, async (_, n) => {
        const waiting = queue.enter('a');
        if (waiting !== null) await waiting;
        order.push(n);
        queue.leave('a');
      }),
    );
    expect(order.every((n, index) => n === index)).toBe(true);
    expect(order).toHaveLength(100_000);
  });
});
