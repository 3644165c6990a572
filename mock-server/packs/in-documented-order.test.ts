import { describe, expect, it } from 'vitest';
import { inDocumentedOrder } from './in-documented-order.ts';
import { builtInPackDirs, loadPack } from './load-pack.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));

describe('inDocumentedOrder', () => {
  it('ranks every built-in pack before other packs, which keep their order', () => {
    const builtIn = builtInPackDirs().map((dir) => loadPack(dir));
    const sorted = inDocumentedOrder([...named('zebra', 'acme'), ...builtIn]).map(({ name }) => name);
    expect(sorted.slice(-2)).toEqual(['zebra', 'acme']);
    expect(sorted).toHaveLength(builtIn.length + 2);
  });

  it('does not change the given list', () => {
    const packs = named('replicate', 'runway');
    expect(inDocumentedOrder(packs)).toEqual(named('runway', 'replicate'));
    expect(packs).toEqual(named('replicate', 'runway'));
  });
});
