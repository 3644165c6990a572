import { describe, expect, it } from 'vitest';
import { ask, get, post, problem, receiver, start, submit } from './testing/admin-client.ts';
import { missedBy } from './testing/documented-names.ts';
import { openEvents } from './testing/event-reader.ts';

interface Snapshot {
  readonly instance: string;
  readonly seq: number;
  readonly total: number;
  readonly tasks: readonly { readonly id: string; readonly prompt: string; readonly reached: number }[];
}

describe('GET /snapshot', () => {
  it('returns the latest tasks in short, and says how many there are', async () => {
    await start();
    const ids = [await submit(), await submit(), await submit()];
    const { tasks, total } = await get<Snapshot>('/snapshot?limit=2');
    expect([tasks.map(({ id }) => id), total]).toEqual([ids.slice(1), 3]);
    expect(tasks[0]).toMatchObject({ prompt: expect.stringMatching(/./), reached: 1, outcome: 'success' });
    expect(JSON.stringify(tasks)).not.toContain('"request"');
  });

  it('is continued by the stream after its entry', async () => {
    await start();
    await submit();
    const { seq, instance } = await get<Snapshot>('/snapshot');
    const stream = await openEvents(`/events?since=${seq}`);
    expect((await stream.take(1))[0]).toMatchObject({ event: 'hello', id: String(seq) });
    const id = await submit();
    expect((await stream.take(1))[0]).toMatchObject({ entry: { seq: seq + 1, taskId: id } });
    expect(await get('/clock')).toMatchObject({ instance });
  });

  it('contains the attempts, and when the next one is due', async () => {
    await start();
    const { url } = await receiver(500, 200);
    await submit({ callback: url });
    await post('/clock', { advance: '60s' });
    const { tasks } = await get<{ tasks: readonly { deliveries: readonly { nextAttemptAt?: string }[] }[] }>(
      '/snapshot',
    );
    expect(tasks[0]?.deliveries).toEqual([
      expect.objectContaining({
        why: 'outcome',
        status: 'pending',
        inFlight: null,
        nextAttemptAt: expect.stringMatching(/Z$/),
        attempts: [expect.objectContaining({ outcome: 'rejected', status: 500 })],
      }),
    ]);
    const [{ nextAttemptAt } = {}] = tasks[0]?.deliveries ?? [];
    const ended = await get<readonly unknown[]>('/journal?type=attempt.ended');
    expect(ended).toEqual([expect.objectContaining({ nextAt: nextAttemptAt })]);
    await post('/clock', { advance: '1h' });
    const after = await get<readonly object[]>('/journal?type=attempt.ended');
    expect(after.map((entry) => 'nextAt' in entry)).toEqual([true, false]);
  });

  it('rejects unknown parameters', async () => {
    await start();
    expect((await ask('GET', '/snapshot?lmit=2')).json).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('the tests of the snapshot', () => {
  it('cause every documented status', () => {
    expect(missedBy('snapshot-calls')).toEqual([]);
  });
});
