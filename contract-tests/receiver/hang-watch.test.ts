import { describe, expect, it } from 'vitest';
import { asFlag } from '../name-option.ts';
import { createHangWatch } from './hang-watch.ts';

describe('the watch for hanging receivers', () => {
  it('stops the run after two consecutive timeouts in cases that run alone', () => {
    const watch = createHangWatch(null, asFlag);
    watch.answered('timeout', 'RCV-A', true);
    watch.answered('acknowledged', 'RCV-A', true);
    watch.answered('timeout', 'RCV-A', true);
    expect([watch.stopped, watch.isOverloaded]).toEqual([null, false]);
    watch.answered('timeout', 'RCV-B', true);
    expect(watch.stopped).toMatch(/2 consecutive valid callbacks timed out during RCV-B/);
    expect(watch.headlines).toHaveLength(1);
  });

  it('only reports overload while other cases are running, because they slow the receiver', () => {
    const watch = createHangWatch(null, asFlag);
    watch.answered('timeout', 'RCV-A', false);
    watch.answered('timeout', 'RCV-B', false);
    expect([watch.stopped, watch.isOverloaded]).toEqual([null, true]);
  });

  it('knows which case stops the receiver when only one is running', () => {
    const watch = createHangWatch(null, asFlag);
    watch.started('RCV-A');
    watch.started('RCV-B');
    watch.ended('RCV-A');
    expect(watch.gone()).toBe(true);
    expect([watch.stopped, watch.inconclusive]).toEqual([
      'The receiver stopped listening during RCV-B.',
      null,
    ]);
  });

  it('is inconclusive when several cases were running, and keeps the first reason', () => {
    const watch = createHangWatch(null, asFlag);
    for (const id of ['RCV-A', 'RCV-B']) watch.started(id);
    expect(watch.gone()).toBe(false);
    watch.ended('RCV-A');
    watch.gone();
    expect(watch.headlines).toHaveLength(1);
    expect(watch.inconclusive).toMatch(/during RCV-A, RCV-B\. Run again with one case at a time \(--jobs\)/);
  });

  it('does not add a finding to a run that was halted by the first callback', () => {
    const watch = createHangWatch('The first two callbacks timed out.', asFlag);
    watch.answered('timeout', 'RCV-A', true);
    watch.answered('timeout', 'RCV-A', true);
    expect([watch.stopped, watch.headlines]).toEqual(['The first two callbacks timed out.', []]);
  });
});
