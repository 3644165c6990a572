import { describe, expect, it } from 'vitest';
import { callback, isoAt, StoryTeller } from './testing/tell-story.ts';
import { waterfallOf } from './waterfall.ts';

const texts = (rows: ReturnType<typeof waterfallOf>): string[] =>
  rows.map(({ kind, label, result, note }) =>
    [kind, label, result, note].filter((text) => text !== '').join(' | '),
  );

describe('the waterfall', () => {
  it('folds polls that succeeded, and counts their states', () => {
    const teller = new StoryTeller({ callbacks: [] }).request(0);
    for (const [index, state] of ['wait', 'wait', 'queued', 'success'].entries())
      teller.poll(100 * (index + 1), state);
    expect(texts(waterfallOf(teller.at(5000)))).toEqual([
      'request | POST …/v1/generate | 200, 0 ms',
      'polls | 4 polls, 100 ms apart | wait 2, queued 1, success 1',
    ]);
  });

  it('shows a failed poll by itself', () => {
    const teller = new StoryTeller({ callbacks: [] }).poll(100, 'wait').poll(200, 'wait').poll(300, 'wait');
    teller.poll(400, 'wait', { status: 429, error: '429', state: null }).poll(500, 'success');
    const rows = waterfallOf(teller.at(5000));
    expect(rows.map(({ kind, tone }) => `${kind} ${tone}`)).toEqual([
      'polls plain',
      'request bad',
      'request plain',
    ]);
  });

  it('names the wait between attempts, and marks equal bodies', () => {
    const teller = new StoryTeller()
      .start(2000, 1)
      .end(2010, 1, { outcome: 'rejected', status: 500, durationMs: 20 });
    teller.start(32_010, 2).end(32_015, 2).settle(32_015, 'acknowledged');
    expect(texts(waterfallOf(teller.at(60_000)))).toEqual([
      'attempt | d1 attempt 1 | rejected, 500, 20 ms (first byte after 5 ms)',
      'pause | 30 s until attempt 2',
      'attempt | d1 attempt 2 | 200, 5 ms | = same body as d1 attempt 1',
    ]);
  });

  it('shows how long an attempt has been in flight', () => {
    const teller = new StoryTeller().start(2000, 1);
    const [row] = waterfallOf(teller.at(6200, { timeoutMs: 15_000 }));
    expect(row).toMatchObject({ tone: 'open', result: 'in flight, 4.2 of 15 s', share: 0.28 });
  });

  it('compares the lengths of attempts', () => {
    const teller = new StoryTeller()
      .start(2000, 1)
      .end(4000, 1, { outcome: 'timeout', status: null, durationMs: 2000 });
    teller.start(4500, 2).end(5000, 2, { durationMs: 500 });
    expect(waterfallOf(teller.at(9000)).map(({ share }) => share)).toEqual([1, 0.25]);
  });

  it('shows downloads below the callback that caused them, and counts repeated ones', () => {
    const teller = new StoryTeller().download(100).start(2000, 1).end(2005, 1).settle(2005, 'acknowledged');
    teller.download(2010).download(2020, { status: 410, whole: false, bytesSent: 0 });
    const rows = waterfallOf(teller.at(2500)).filter(({ kind }) => kind === 'download');
    expect(rows.map(({ side, isNested, note, tone }) => ({ side, isNested, note, tone }))).toEqual([
      { side: 'client', isNested: false, note: '', tone: 'plain' },
      { side: 'receiver', isNested: true, note: 'downloaded again, 2 times', tone: 'plain' },
      { side: 'receiver', isNested: true, note: 'downloaded again, 3 times', tone: 'bad' },
    ]);
  });

  it('shows what is planned', () => {
    const waiting = new StoryTeller().at(500);
    expect(texts(waterfallOf(waiting))).toEqual([
      'planned | success | in 1.5 s',
      'planned | d1 attempt 1 | in 1.5 s',
    ]);
    const retrying = new StoryTeller().start(2000, 1);
    retrying.end(2000, 1, { outcome: 'rejected', status: 500 }, 'd1', { nextAt: isoAt(32_000) });
    expect(texts(waterfallOf(retrying.at(3000))).at(-1)).toBe('planned | d1 attempt 2 | in 29 s');
  });

  it('names duplicates, forged callbacks and those that were asked for by hand', () => {
    const callbacks = [callback('d3', { flaw: 'forged' }), callback('d1'), callback('d2')];
    const teller = new StoryTeller({
      callbacks,
      scenario: { name: 'callback.duplicate', callback: 'duplicate' },
    });
    for (const id of ['d1', 'd2', 'd3']) teller.start(2000, 1, id, `{"of":"${id}"}`).end(2000, 1, {}, id);
    teller.promise(2000, 'd4').start(2000, 1, 'd4', '{"of":"d4"}').end(2000, 1, {}, 'd4');
    const notes = waterfallOf(teller.at(2000)).map(({ note }) => note);
    expect(notes).toEqual(['', 'duplicate', 'forged', 'redelivered']);
  });
});
