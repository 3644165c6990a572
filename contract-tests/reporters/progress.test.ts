import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { everyStatus, sampleCase } from '../conformance/sample-report.ts';
import { createProgress, type Progress, type ProgressOptions } from './progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const CLEAR = '\r\u001b[2K';
const FAILED = everyStatus().cases.find(({ status }) => status === 'failed') ?? sampleCase('none');
const WAITING = { id: 'RCV-TIM-01', doing: "waiting for the receiver's downloads", atMostMs: 20_000 };

function open(options: Omit<ProgressOptions, 'stream'> & { readonly columns?: number }): {
  readonly progress: Progress;
  readonly written: string[];
} {
  const written: string[] = [];
  const { columns = 200, ...rest } = options;
  const stream = { write: (text: string) => written.push(text), columns };
  return { progress: createProgress({ ...rest, stream }), written };
}

function linesOf(options: Omit<ProgressOptions, 'stream'> & { readonly columns?: number }): string[] {
  const { progress, written } = open(options);
  progress.started('RCV-ACK-01');
  progress.started('RCV-TIM-01');
  progress.finished(sampleCase('RCV-ACK-01'));
  progress.finished({ ...FAILED, id: 'RCV-TIM-01' });
  progress.end();
  return written;
}

describe('progress', () => {
  it('prints a line every few seconds where lines cannot be rewritten, and the rest at the end', () => {
    const { progress, written } = open({ isTTY: false, total: 12 });
    progress.started('RCV-ACK-01');
    progress.started('RCV-TIM-01');
    progress.finished(sampleCase('RCV-ACK-01'));
    vi.advanceTimersByTime(4000);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(written).toEqual([' 1/12  5 s  ✓ RCV-ACK-01  RCV-TIM-01\n']);
    progress.finished({ ...FAILED, id: 'RCV-TIM-01' });
    progress.end();
    expect(written.slice(1)).toEqual([' 2/12  5 s  ✗ RCV-TIM-01\n']);
  });

  it('names only failed cases where many finish at once', () => {
    const { progress, written } = open({ isTTY: false, total: 9 });
    for (let n = 1; n <= 8; n += 1) progress.finished(sampleCase(`RCV-${n}`));
    progress.finished({ ...FAILED, id: 'RCV-9' });
    progress.end();
    expect(written).toEqual(['9/9  0 s  ✓ 8  ✗ RCV-9\n']);
  });

  it('rewrites one line on a terminal and removes it at the end', () => {
    expect(linesOf({ isTTY: true, total: 2 })).toEqual([
      `${CLEAR}0/2  0 s  RCV-ACK-01`,
      `${CLEAR}0/2  0 s  RCV-ACK-01 RCV-TIM-01`,
      `${CLEAR}1/2  0 s  RCV-TIM-01`,
      `${CLEAR}2/2  ✗ 1  0 s`,
      CLEAR,
    ]);
  });

  it('never fills the last column, because a wrapped line cannot be erased', () => {
    const longest = Math.max(...linesOf({ isTTY: true, total: 2, columns: 20 }).map((text) => text.length));
    expect(longest).toBe(CLEAR.length + 19);
  });

  it('works on a terminal that reports no width', () => {
    expect(linesOf({ isTTY: true, total: 2, columns: 0 })[0]).toBe(`${CLEAR}0/2  0 s  RCV-ACK-01`);
  });

  it('shows only the count when the total is unknown', () => {
    expect(linesOf({ isTTY: false, total: null })).toEqual(['2  0 s  ✓ RCV-ACK-01  ✗ RCV-TIM-01\n']);
  });

  it('shows the elapsed time, the current activity, and its time limit', () => {
    const { progress, written } = open({ isTTY: true, total: 40 });
    progress.started('RCV-ACK-01');
    progress.started('RCV-TIM-01');
    vi.advanceTimersByTime(3000);
    progress.activity(WAITING);
    vi.advanceTimersByTime(2000);
    expect(written.at(-1)).toBe(
      `${CLEAR} 0/40  5 s  RCV-TIM-01: waiting for the receiver's downloads (at most 20 s, 2 s so far); running: RCV-ACK-01`,
    );
    progress.finished(sampleCase('RCV-TIM-01'));
    expect(written.at(-1)).toBe(`${CLEAR} 1/40  5 s  RCV-ACK-01`);
    progress.end();
  });

  it('prints to a log every few seconds, and not more often', () => {
    const { progress, written } = open({ isTTY: false, total: 40 });
    progress.activity({ id: null, doing: 'contacting the receiver', atMostMs: null });
    vi.advanceTimersByTime(60_000);
    expect(written[0]).toBe(' 0/40  5 s  contacting the receiver (5 s so far)\n');
    expect(written).toHaveLength(12);
    progress.end();
    vi.advanceTimersByTime(60_000);
    expect(written).toHaveLength(12);
  });

  it('drops the activity of all cases when a case begins', () => {
    const { progress, written } = open({ isTTY: true, total: 2 });
    progress.activity({ id: null, doing: 'sending a first callback', atMostMs: 1000 });
    progress.started('RCV-ACK-01');
    expect(written.at(-1)).toBe(`${CLEAR}0/2  0 s  RCV-ACK-01`);
    progress.end();
  });

  it('drops the activities of the first contact when a case begins', () => {
    const { progress, written } = open({ isTTY: true, total: 2 });
    progress.activity({ id: 'first contact', doing: "waiting for the receiver's downloads", atMostMs: 3000 });
    progress.started('RCV-MED-03');
    expect(written.at(-1)).toBe(`${CLEAR}0/2  0 s  RCV-MED-03`);
    progress.end();
  });

  it('drops an activity that has reached its limit, although its case continues', () => {
    const { progress, written } = open({ isTTY: true, total: 2 });
    progress.started('RCV-MED-03');
    progress.activity({ id: 'RCV-MED-03', doing: "waiting for the receiver's downloads", atMostMs: 3000 });
    vi.advanceTimersByTime(3000);
    expect(written.at(-1)).toContain('(at most 3 s, 3 s so far)');
    vi.advanceTimersByTime(1000);
    expect(written.at(-1)).toBe(`${CLEAR}0/2  4 s  RCV-MED-03`);
    progress.end();
  });

  it('omits results where they are printed elsewhere', () => {
    expect(linesOf({ isTTY: false, total: 2, showsResults: false })).toEqual([]);
  });

  it('prints a permanent line above the rewritten one', () => {
    const { progress, written } = open({ isTTY: true, total: 1 });
    progress.say('up to 30 s');
    expect(written).toEqual([`${CLEAR}up to 30 s\n`]);
    progress.end();
  });
});
