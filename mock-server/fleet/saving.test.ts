import { expect, it } from 'vitest';
import type { Command } from '../engine/commands.ts';
import { createMemoryStore } from './memory-store.ts';
import { createSaving } from './saving.ts';

it('does not remove commands before there are two snapshots, because a replica may be about to read them', async () => {
  const store = createMemoryStore();
  const writer = await store.join('same');
  const joining = await store.join('same');
  const command: Command = { type: 'tick' };
  for (let n = 1; n <= 4; n++) await writer.log.append(n, command);
  const saving = createSaving({
    ...{ membership: writer, observations: { observed: 0 }, parts: () => [], after: 1 },
  });
  const save = async (seq: number): Promise<void> => {
    for (const place of [seq - 1, seq]) {
      saving.count({ seq: place, wallAt: 1, by: writer.replica, n: place, command });
      await new Promise((done) => setImmediate(done));
    }
  };
  await save(2);
  expect((await writer.snapshots.latest())?.seq).toBe(2);
  const applied: number[] = [];
  await joining.log.open(0, ({ seq }) => void applied.push(seq));
  expect(applied).toEqual([1, 2, 3, 4]);
  await save(4);
  const late = await store.join('same');
  await expect(late.log.open(0, () => undefined)).rejects.toMatchObject({ code: 'STORE_BEHIND' });
});
