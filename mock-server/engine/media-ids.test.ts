import { expect, it } from 'vitest';
import { createSampleTasks } from '../delivery/testing/sample-tasks.ts';
import { mediaIdsOf } from '../packs/media-values.ts';
import { createMediaIds } from './media-ids.ts';

function create() {
  const samples = createSampleTasks();
  const { tasks, journal, pack } = samples;
  const [kind] = [...pack.media.values()];
  if (kind === undefined) throw new Error('expected a pack with media');
  const mediaIds = createMediaIds({ tasks, journal });
  const idOf = (task: ReturnType<typeof samples.add>): string => mediaIdsOf(task.plan, kind)[0] ?? '';
  return { ...samples, kind, idOf, mediaIds, find: (id: string) => mediaIds.taskOf(pack, kind, id) };
}

it('finds tasks from before and after the first question, until they are forgotten', () => {
  const { add, find, idOf, journal } = create();
  const before = add();
  expect(find(idOf(before))).toBe(before.plan.taskId);
  const after = add();
  expect(find(idOf(after))).toBe(after.plan.taskId);
  expect(find('absent')).toBeUndefined();
  journal.append({ type: 'task.forgotten', taskId: before.plan.taskId });
  expect([find(idOf(before)), find(idOf(after))]).toEqual([undefined, after.plan.taskId]);
  journal.append({ type: 'server.reset' });
  expect(find(idOf(after))).toBeUndefined();
});

it('does not find tasks of another pack, and uses the ids of a pack that was reloaded', () => {
  const { add, find, idOf, mediaIds, pack, kind } = create();
  const task = add();
  expect(mediaIds.taskOf({ name: 'other' }, kind, idOf(task))).toBeUndefined();
  expect(find(idOf(task))).toBe(task.plan.taskId);
  const changed = { ...kind, idForm: 'base32' } as const;
  expect(mediaIds.taskOf(pack, changed, idOf(task))).toBeUndefined();
  expect(mediaIds.taskOf(pack, changed, mediaIdsOf(task.plan, changed)[0] ?? '')).toBe(task.plan.taskId);
});
