import type { Profiler } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { topFunctions } from './top-functions.ts';

const node = (id: number, functionName: string, url = '', lineNumber = -1): Profiler.ProfileNode => ({
  id,
  callFrame: { functionName, url, lineNumber, scriptId: '1', columnNumber: 0 },
});

const PROFILE: Profiler.Profile = {
  startTime: 0,
  endTime: 200,
  nodes: [
    node(1, '(idle)'),
    node(2, 'poll', 'file:///home/me/stunt/dist/mock-server/runtime/engine.js', 9),
    node(3, '', 'file:///home/me/stunt/node_modules/undici/lib/core/util.js', 0),
    // The same function, called from elsewhere.
    node(4, 'poll', 'file:///home/me/stunt/dist/mock-server/runtime/engine.js', 9),
    node(5, 'writev'),
  ],
  samples: [1, 2, 3, 4, 5],
  timeDeltas: [100, 40, 25, 20, 15],
};

describe('the functions at the top of a profile', () => {
  it('are those with the most time of their own, idle time left out', () => {
    expect(topFunctions(PROFILE, 10)).toEqual([
      { name: 'poll', place: 'dist/mock-server/runtime/engine.js:10', share: 0.6 },
      { name: '(anonymous)', place: 'node_modules/undici/lib/core/util.js:1', share: 0.25 },
      { name: 'writev', place: 'native', share: 0.15 },
    ]);
  });

  it('are as many as asked for', () => {
    expect(topFunctions(PROFILE, 1)).toHaveLength(1);
  });
});
