import { describe, expect, it } from 'vitest';
import type { Account } from '../core/types.ts';
import type { PackedEntry } from '../journal/journal-entry.ts';
import { createEndpointFold } from './endpoint-fold.ts';

const STAMP = { seq: 1, at: 1000, wallAt: 5 };
const entry = (fields: object): PackedEntry => ({ ...STAMP, ...fields }) as PackedEntry;
const created = (endpointId: string): PackedEntry =>
  entry({ type: 'endpoint.created', endpointId, pack: 'acme', account: 'key-1' as Account, body: {} });
const settled = (status: string, endpoint?: string): PackedEntry =>
  entry({ type: 'delivery.settled', taskId: 't', deliveryId: 'd1', status, endpoint });
const changed = (status: string): PackedEntry =>
  entry({ type: 'endpoint.updated', endpointId: 'a', body: { x: 1 }, status, rotation: 2, at: 2000 });

function foldOf(...entries: readonly PackedEntry[]) {
  const fold = createEndpointFold((body) => ({ ...body, masked: true }));
  for (const one of entries) fold.apply(one);
  return fold;
}

describe('the fold of endpoints', () => {
  it('counts abandoned deliveries in a row, of enabled endpoints alone', () => {
    const fold = foldOf(created('a'), created('b'), settled('abandoned', 'a'), settled('abandoned'));
    expect(fold.all.get('a')?.failures).toBe(1);
    expect(fold.all.get('b')?.failures).toBe(0);
    expect(fold.takeSuspects().map(({ id }) => id)).toEqual(['a']);
    expect(fold.takeSuspects()).toEqual([]);
    fold.apply(settled('acknowledged', 'a'));
    expect(fold.all.get('a')?.failures).toBe(0);
    fold.apply(changed('disabled'));
    fold.apply(settled('abandoned', 'a'));
    expect(fold.all.get('a')?.failures).toBe(0);
  });

  it('applies updates, and counts from zero when an endpoint is enabled again', () => {
    const failing = entry({ type: 'endpoint.disabled', endpointId: 'a', failures: 1 });
    const fold = foldOf(created('a'), settled('abandoned', 'a'), failing);
    expect(fold.all.get('a')).toMatchObject({ status: 'failing', failures: 1, createdAt: 1000 });
    fold.apply(changed('enabled'));
    expect(fold.all.get('a')).toMatchObject({
      body: { x: 1 },
      status: 'enabled',
      failures: 0,
      updatedAt: 2000,
    });
  });

  it('removes deleted endpoints without forgetting that they were made', () => {
    const fold = foldOf(created('a'), entry({ type: 'endpoint.deleted', endpointId: 'a' }));
    expect([fold.all.size, fold.made]).toEqual([0, 1]);
    fold.apply(entry({ type: 'server.reset' }));
    expect(fold.made).toBe(0);
  });

  it('is the same after it was saved and loaded, with masked bodies', () => {
    const fold = foldOf(created('a'), created('b'), settled('abandoned', 'a'));
    const again = foldOf();
    for (const part of fold.save()) again.load(part);
    expect(again.made).toBe(2);
    expect(again.all.get('a')).toEqual({ ...fold.all.get('a'), body: { masked: true } });
  });
});
