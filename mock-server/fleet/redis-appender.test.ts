import { describe, expect, it } from 'vitest';
import { CodedError } from '../core/coded-error.ts';
import { createRedisAppender, type Numbered } from './redis-appender.ts';

/** A server that answers when the test says so. */
function openServer() {
  const batches: number[][] = [];
  const answers: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const send = (batch: readonly Numbered[]): Promise<void> => {
    batches.push(batch.map(({ n }) => n));
    return new Promise((resolve, reject) => answers.push({ resolve, reject }));
  };
  return { batches, answers, send };
}

const item = (n: number): Numbered => ({ n, text: `text ${n}` });

describe('the appender', () => {
  it('sends what arrives during a call together in the next one', async () => {
    const { batches, answers, send } = openServer();
    const appender = createRedisAppender(send);
    const first = [1, 2].map((n) => appender.append(item(n)));
    await expect.poll(() => batches).toEqual([[1, 2]]);
    expect(appender.waitingSince).not.toBeNull();
    const second = [3, 4, 5].map((n) => appender.append(item(n)));
    answers[0]?.resolve();
    await Promise.all(first);
    await expect
      .poll(() => batches)
      .toEqual([
        [1, 2],
        [3, 4, 5],
      ]);
    answers[1]?.resolve();
    await Promise.all(second);
    expect(appender.waitingSince).toBeNull();
  });

  it('refuses what takes too long, and never sends what still waits', async () => {
    const { batches, answers, send } = openServer();
    const appender = createRedisAppender(send, { limitMs: 1 });
    const sent = appender.append(item(1));
    await expect.poll(() => batches).toEqual([[1]]);
    const waiting = appender.append(item(2));
    await expect(sent).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    await expect(waiting).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    answers[0]?.resolve();
    const later = appender.append(item(3));
    await expect.poll(() => batches).toEqual([[1], [3]]);
    answers[1]?.resolve();
    await later;
  });

  it('continues after a call that failed', async () => {
    const { batches, answers, send } = openServer();
    const appender = createRedisAppender(send);
    const failed = appender.append(item(1));
    await expect.poll(() => batches).toEqual([[1]]);
    answers[0]?.reject(new Error('OOM command not allowed'));
    await expect(failed).rejects.toMatchObject({ message: expect.stringContaining('no memory left') });
    const next = appender.append(item(2));
    await expect.poll(() => batches).toEqual([[1], [2]]);
    answers[1]?.resolve();
    await next;
  });

  it('rejects everything when it is closed', async () => {
    const { batches, send } = openServer();
    const appender = createRedisAppender(send);
    const sent = appender.append(item(1));
    await expect.poll(() => batches).toEqual([[1]]);
    const waiting = appender.append(item(2));
    appender.close(new CodedError('STORE_UNREACHABLE', 'closed'));
    await expect(sent).rejects.toThrow('closed');
    await expect(waiting).rejects.toThrow('closed');
  });
});
