import { describe, expect, it } from 'vitest';
import type { Prepare } from './courier.ts';
import { type DueAttempt, dispatchTo } from './dispatch.ts';
import type { AttemptResult } from './post-callback.ts';

function attemptOf(ends: unknown[]): DueAttempt {
  return {
    ...{ taskId: 'task', deliveryId: 'd1', n: 1, url: 'http://127.0.0.1:1/' },
    prepare: () => null,
    done: (result: AttemptResult | null) => void ends.push(result),
    fail: () => void ends.push('failed'),
  } as unknown as DueAttempt;
}

describe('a dispatch to a courier', () => {
  it('ends an attempt with the result of the courier', async () => {
    const ends: unknown[] = [];
    const posted: [string, Prepare][] = [];
    const result = { outcome: 'acknowledged' } as AttemptResult;
    const attempt = attemptOf(ends);
    const dispatch = dispatchTo({
      async post(url, prepare) {
        posted.push([url, prepare]);
        return result;
      },
    });
    dispatch(attempt);
    await expect.poll(() => ends).toEqual([result]);
    expect(posted).toEqual([[attempt.url, attempt.prepare]]);
  });

  it('ends an attempt without a result when a defect prevents it, and reports the defect', async () => {
    const ends: unknown[] = [];
    const defect = new Error('a defect');
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const reported = new Promise((resolve) => process.once('unhandledRejection', resolve));
    dispatchTo({ post: () => Promise.reject(defect) })(attemptOf(ends));
    expect(await reported).toBe(defect);
    for (const listener of listeners) process.on('unhandledRejection', listener);
    expect(ends).toEqual(['failed']);
  });
});
