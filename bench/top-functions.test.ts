import type { Profiler } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { topFunctions } from './top-functions.ts';

const ENGINE = 'file:///home/me/stunt/dist/mock-server/engine/engine.js';
const UNDICI = 'file:///home/me/stunt/node_modules/undici/lib/core/util.js';

function node(id: number, functionName: string, url: string, line: number, children: number[] = []) {
  const callFrame = { functionName, url, lineNumber: line - 1, scriptId: '1', columnNumber: 0 };
  return { id, callFrame, children };
}

const PROFILE: Profiler.Profile = {
  startTime: 0,
  endTime: 200,
  nodes: [
    node(1, '(root)', '', 0, [2, 3, 5]),
    node(2, '(idle)', '', 0),
    node(3, 'poll', ENGINE, 10, [4, 6]),
    node(4, '', UNDICI, 1),
    // The same function, called from elsewhere.
    node(5, 'poll', ENGINE, 10),
    // The function calling itself.
    node(6, 'poll', ENGINE, 10),
  ],
  samples: [2, 3, 4, 5, 6],
  timeDeltas: [100, 40, 25, 20, 15],
};

describe('the functions of a profile', () => {
  const functions = topFunctions(PROFILE);

  it('have their self time and total time, without idle time', () => {
    expect(functions).toEqual([
      { name: 'poll', place: 'dist/mock-server/engine/engine.js:10', self: 0.75, total: 1 },
      { name: '(anonymous)', place: 'node_modules/undici/lib/core/util.js:1', self: 0.25, total: 0.25 },
      { name: '(root)', place: 'native', self: 0, total: 1 },
    ]);
  });

  it('are empty when nothing was sampled', () => {
    expect(topFunctions({ nodes: [], startTime: 0, endTime: 0 })).toEqual([]);
  });
});
