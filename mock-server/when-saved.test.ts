import { describe, expect, it } from 'vitest';
import { CodedError } from './core/coded-error.ts';
import { createWhenSaved } from './when-saved.ts';

describe('a change', () => {
  it('is awaited until it is on disk', async () => {
    const order: string[] = [];
    const whenSaved = createWhenSaved({
      refusal: () => null,
      async durable() {
        order.push('saved');
      },
    });
    const result = await whenSaved(async () => {
      order.push('changed');
      return 5;
    });
    expect([result, order]).toEqual([5, ['changed', 'saved']]);
  });

  it('is not made when the folder cannot be written', async () => {
    let isMade = false;
    const refusal = new CodedError('DATA_UNWRITABLE', 'the disk is full');
    const whenSaved = createWhenSaved({ refusal: () => refusal, durable: () => null });
    const change = whenSaved(async () => {
      isMade = true;
    });
    await expect(change).rejects.toBe(refusal);
    expect(isMade).toBe(false);
  });

  it('fails when it cannot be saved', async () => {
    const trouble = new CodedError('DATA_UNWRITABLE', 'the disk is full');
    const whenSaved = createWhenSaved({ refusal: () => null, durable: () => Promise.reject(trouble) });
    await expect(whenSaved(async () => 5)).rejects.toBe(trouble);
  });
});
