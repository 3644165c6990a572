import { describe, expect, it } from 'vitest';
import { alternate } from './alternate.ts';

describe('rounds', () => {
  it('alternate after a warm-up round that is not counted', async () => {
    const order: string[] = [];
    const said: string[] = [];
    const contender = (name: string) => async () => {
      order.push(name);
      return `${name}${order.length}`;
    };
    const results = await alternate(
      { rounds: 2, say: (text) => said.push(text) },
      { ours: contender('a'), theirs: contender('b') },
    );
    expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(results).toEqual({ ours: ['a3', 'a5'], theirs: ['b4', 'b6'] });
    expect(said[0]).toBe('warming up: ours');
    expect(said.at(-1)).toBe('round 2 of 2: theirs');
  });

  it('stop at the first failure', async () => {
    const failing = alternate(
      { rounds: 1, say: () => undefined },
      { ours: () => Promise.reject(new Error('no')) },
    );
    await expect(failing).rejects.toThrow('no');
  });
});
