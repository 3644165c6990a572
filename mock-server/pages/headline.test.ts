import { describe, expect, it } from 'vitest';
import { headlineOf } from './headline.ts';
import { callback, isoAt, StoryTeller } from './testing/tell-story.ts';

const REJECTED = { outcome: 'rejected', status: 500 };

describe('the headline of a task', () => {
  it('says what follows while the task runs', () => {
    expect(headlineOf(new StoryTeller().at(500))).toEqual({
      word: 'Waiting',
      tone: 'planned',
      why: 'The task is queued; success follows in 1.5 s. The callback is due in 1.5 s.',
    });
  });

  it('says why a callback was sent several times', () => {
    const teller = new StoryTeller().start(2000, 1).end(2000, 1, REJECTED).start(4000, 2);
    teller
      .end(19_000, 2, { outcome: 'timeout', status: null, durationMs: 15_000 })
      .start(30_000, 3)
      .end(30_000, 3);
    expect(headlineOf(teller.settle(30_000, 'acknowledged').at(31_000))).toEqual({
      word: 'Acknowledged',
      tone: 'good',
      why: 'The callback was acknowledged at attempt 3: attempt 1 was rejected with HTTP 500; attempt 2 timed out after 15 s.',
    });
  });

  it('says why a callback was abandoned', () => {
    const teller = new StoryTeller();
    for (const n of [1, 2, 3]) teller.start(n * 1000, n).end(n * 1000, n, REJECTED);
    teller.start(4000, 4).end(4000, 4, { outcome: 'refused', status: null }).settle(4000, 'abandoned');
    expect(headlineOf(teller.at(5000))).toMatchObject({
      word: 'Abandoned',
      tone: 'bad',
      why: 'The callback was abandoned after 4 attempts: attempts 1 to 3 were rejected with HTTP 500; attempt 4 failed (connection refused).',
    });
  });

  it('says what an open attempt waits for, and when the next one follows', () => {
    const open = new StoryTeller().start(2000, 1);
    expect(headlineOf(open.at(6200, { timeoutMs: 15_000 })).why).toBe(
      'The callback waits for the receiver (attempt 1, in flight, 4.2 of 15 s).',
    );
    const retrying = open.end(6200, 1, REJECTED, 'd1', { nextAt: isoAt(36_200) });
    expect(headlineOf(retrying.at(7200))).toMatchObject({
      word: 'Retrying',
      why: 'The callback was not acknowledged, and attempt 2 follows in 29 s: attempt 1 was rejected with HTTP 500.',
    });
  });

  it('names the scenario that asks for a duplicate, a forged callback, silence or a failure', () => {
    const why = (
      name: string,
      fault: string | null,
      callbacks: ReturnType<typeof callback>[],
      more: object = {},
    ) => {
      const teller = new StoryTeller({ scenario: { name, callback: fault }, callbacks, ...more });
      for (const { id } of callbacks)
        teller.start(2000, 1, id).end(2000, 1, {}, id).settle(2000, 'acknowledged', id);
      return headlineOf(teller.at(3000)).why;
    };
    expect(why('callback.duplicate', 'duplicate', [callback('d1'), callback('d2')])).toContain(
      'd2 is a duplicate, because the scenario callback.duplicate asks for it.',
    );
    expect(why('callback.forged', 'forged', [callback('d1', { flaw: 'forged' })])).toContain(
      'd1 is forged, because the scenario callback.forged asks for it.',
    );
    expect(why('callback.never', 'never', [])).toBe(
      'No callback is sent, because the scenario callback.never asks for it.',
    );
    expect(why('success', null, [])).toBe('No callback is sent, because the submission does not name a URL.');
    expect(why('fail.nsfw', null, [callback('d1')], { outcome: { type: 'failure', slug: 'nsfw' } })).toBe(
      'The task failed with nsfw, because the scenario fail.nsfw asks for it. The callback was acknowledged at once.',
    );
  });

  it('says that an acknowledgement was lost on purpose, and how often media was downloaded', () => {
    const teller = new StoryTeller({
      scenario: { name: 'callback.lost-ack', callback: 'lost-ack' },
      callbacks: [callback('d1', { flaw: 'lost-ack' })],
    });
    teller.start(2000, 1).end(2000, 1, { outcome: 'timeout' }).download(2000).start(3000, 2).end(3000, 2);
    expect(headlineOf(teller.download(3000).settle(3000, 'acknowledged').at(4000)).why).toBe(
      'The callback was acknowledged at attempt 2: attempt 1 was answered with HTTP 200, which was lost on purpose. video.mp4 was downloaded 2 times.',
    );
  });

  it('shows a canceled task as such', () => {
    const teller = new StoryTeller({
      outcome: { type: 'canceled' },
      callbacks: [],
      steps: [{ state: 'canceled', at: isoAt(0) }],
    });
    expect(headlineOf(teller.at(10)).why).toContain('The task was canceled.');
  });
});
