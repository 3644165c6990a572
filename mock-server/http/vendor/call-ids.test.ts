import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createCallIds } from './call-ids.ts';

const first = {} as IncomingMessage;
const second = {} as IncomingMessage;

describe('the id of a call', () => {
  it('stays the same for a call and differs between calls', () => {
    const ids = createCallIds(7, () => 0);
    expect(ids.of(first)).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/);
    expect(ids.of(first)).toBe(ids.of(first));
    expect(ids.of(second)).not.toBe(ids.of(first));
  });

  it('depends on the seed, and on the entries of previous runs', () => {
    const idOf = (seed: number, last: number) => createCallIds(seed, () => last).of(first);
    expect(idOf(7, 0)).toBe(idOf(7, 0));
    expect(new Set([idOf(7, 0), idOf(8, 0), idOf(7, 5)]).size).toBe(3);
  });
});
