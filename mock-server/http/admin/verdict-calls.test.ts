import { describe, expect, it } from 'vitest';
import type { MockServerOptions } from '../../index.ts';
import { get, nextEntry, post, problem, receiver, start, submit, theMock } from './testing/admin-client.ts';
import { missedBy } from './testing/documented-names.ts';

/** A judge that returns the type and task of every entry. */
const repeat: NonNullable<MockServerOptions['judge']> = (entries) =>
  [...entries].map((entry) => ({ type: entry.type, taskId: 'taskId' in entry ? entry.taskId : null }));

type Shown = readonly { readonly type: string; readonly taskId: string | null }[];

describe('GET /verdicts', () => {
  it('answers 501 without a judge', async () => {
    await start();
    expect(await get('/verdicts')).toEqual(problem('NO_JUDGE', 501));
  });

  it('returns what the judge makes of the journal so far', async () => {
    await start({ judge: repeat });
    await submit();
    expect(await get('/verdicts')).toEqual([
      { type: 'task.submitted', taskId: expect.any(String) },
      { type: 'request.answered', taskId: expect.any(String) },
    ]);
  });

  it('waits for an asynchronous judge', async () => {
    await start({ judge: async () => ({ passed: true }) });
    expect(await get('/verdicts')).toEqual({ passed: true });
  });

  it('considers the calls and tasks of one key only', async () => {
    await start({ judge: repeat });
    const { url } = await receiver();
    const own = await submit({ key: 'one', callback: url });
    const other = await submit({ key: 'two', callback: url });
    await post('/clock', { advance: '1h' });
    const served = nextEntry('media.served');
    await (await fetch(`${theMock().url}/__media/${other}/video.mp4`)).arrayBuffer();
    await served;
    const seen = await get<Shown>('/verdicts?apiKey=one');
    expect(new Set(seen.flatMap(({ taskId }) => taskId ?? []))).toEqual(new Set([own]));
    expect(seen.map(({ type }) => type)).toContain('delivery.settled');
    expect((await get<Shown>('/verdicts?apiKey=two')).map(({ type }) => type)).toContain('media.served');
  });

  it.each(['apiKey=', 'apikey=one', 'apiKey=one&apiKey=two'])('rejects ?%s', async (query) => {
    await start({ judge: repeat });
    expect(await get(`/verdicts?${query}`)).toEqual(problem('BAD_REQUEST', 400));
  });
});

describe('the tests of verdicts', () => {
  it('cause every documented status', () => {
    expect(missedBy('verdict-calls')).toEqual([]);
  });
});
