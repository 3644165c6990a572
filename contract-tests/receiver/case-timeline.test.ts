import { describe, expect, it } from 'vitest';
import type { AttemptResult } from '../../mock-server/index.ts';
import { createCaseTimeline } from './case-timeline.ts';
import type { Download } from './observations.ts';

const ATTEMPT = { outcome: 'rejected', status: 500, durationMs: 3.4, detail: null, answer: 'no' };
const FILE: Download = {
  name: 'a.mp4',
  method: 'GET',
  status: 200,
  start: 0,
  bytes: 100,
  fileSize: 100,
  beganAtMs: 0,
  durationMs: 2,
};

describe('the timeline of a case', () => {
  it('contains attempts with their result, and the answer to a failed one', () => {
    const timeline = createCaseTimeline();
    timeline.attempt('callback 1', ATTEMPT as AttemptResult, true);
    timeline.attempt('callback 2', { ...ATTEMPT, outcome: 'timeout', status: null } as AttemptResult, true);
    expect(timeline.entries).toEqual([
      expect.objectContaining({ kind: 'attempt', text: 'callback 1 → HTTP 500', durationMs: 3, isBad: true }),
      expect.objectContaining({ text: 'callback 2 → timeout' }),
    ]);
    expect(timeline.entries[0]?.answer).toMatch(/500/);
  });

  it.each<[string, Partial<Download>, number, string, boolean]>([
    ['a whole file', {}, 1, 'GET a.mp4 → HTTP 200', false],
    ['a part', { status: 206, start: 50, bytes: 25 }, 0, 'GET a.mp4 → HTTP 206, bytes 50-74 of 100', false],
    ['a second download', {}, 2, 'GET a.mp4 → HTTP 200 (2 times in full)', true],
    ['a HEAD request', { method: 'HEAD', bytes: 0 }, 2, 'HEAD a.mp4 → HTTP 200', false],
    ['an aborted request', { status: null, bytes: 100 }, 1, 'GET a.mp4 → no answer', false],
  ])('describes %s', (_what, change, times, text, isBad) => {
    const timeline = createCaseTimeline();
    timeline.download({ ...FILE, ...change }, times);
    expect(timeline.entries).toEqual([expect.objectContaining({ kind: 'download', text, isBad })]);
  });

  it('contains notes', () => {
    const timeline = createCaseTimeline();
    timeline.note('the receiver was restarted');
    expect(timeline.entries).toEqual([
      expect.objectContaining({ kind: 'note', durationMs: 0, isBad: false }),
    ]);
  });
});
