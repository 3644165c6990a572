import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory-store.ts';
import { STORE_BEHAVIORS } from './testing/store-behaviors.ts';

describe('a store in memory', () => {
  it.each(STORE_BEHAVIORS)('$title', async ({ verify }) => {
    const store = createMemoryStore();
    await verify(store, () => store.join('same'));
  });

  it('cuts off a replica that crashes, and gives its jobs to others', async () => {
    const store = createMemoryStore();
    const [first, second] = [await store.join('same'), await store.join('same')];
    await first.log.open(0, () => undefined);
    store.crash(first.replica);
    await expect(first.log.append(1, { type: 'tick' })).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    await expect(first.log.caughtUp()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect(first.members.isCurrent).toBe(false);
    expect(await second.members.live()).toEqual([second.replica]);
  });
});
