import { describe, expect, it } from 'vitest';
import { createLanes } from './origin-queue.ts';

/** Lets every caller whose turn has come continue. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('lanes', () => {
  it('admit callers up to their width, and the others in order of arrival', async () => {
    const lanes = createLanes(2);
    const order: number[] = [];
    const leaves: (() => void)[] = [];
    for (let n = 0; n < 5; n++) {
      void lanes.enter('a').then((leave) => {
        order.push(n);
        leaves.push(leave);
      });
    }
    await turn();
    expect(order).toEqual([0, 1]);
    for (const expected of [
      [0, 1, 2],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4],
    ]) {
      leaves.shift()?.();
      await turn();
      expect(order).toEqual(expected);
    }
  });

  it('of different origins do not wait for each other', async () => {
    const lanes = createLanes(1);
    await lanes.enter('a');
    void lanes.enter('a');
    const leave = await lanes.enter('b');
    leave();
    await expect(lanes.enter('b')).resolves.toBeTypeOf('function');
  });

  it('are empty again after every caller has left', async () => {
    const lanes = createLanes(1);
    for (let n = 0; n < 10; n++) (await lanes.enter('a'))();
    const first = await lanes.enter('a');
    let isIn = false;
    void lanes.enter('a').then(() => {
      isIn = true;
    });
    await turn();
    expect(isIn).toBe(false);
    first();
    await turn();
    expect(isIn).toBe(true);
  });

  it('keep the order of a hundred thousand waiting callers', async () => {
    const lanes = createLanes(128);
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 100_000 }, async (_, n) => {
        const leave = await lanes.enter('a');
        order.push(n);
        leave();
      }),
    );
    expect(order.every((n, index) => n === index)).toBe(true);
    expect(order).toHaveLength(100_000);
  });
});
