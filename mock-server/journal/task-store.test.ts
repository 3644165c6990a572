import { describe, expect, it } from 'vitest';
import type { Account } from '../core/types.ts';
import { createByteBudget } from './byte-budget.ts';
import { type JournalEvent, OBSERVATIONS, type PackedEntry } from './journal-entry.ts';
import { createPlanPacker } from './packed-plan.ts';
import type { SavedTask } from './saved-task.ts';
import { openDeliveriesOf, progressOf } from './stored-task.ts';
import { createTaskStore } from './task-store.ts';
import { journaledPlan } from './testing/journaled-plan.ts';
import { sampleEntry } from './testing/sample-entries.ts';
import { closeEntry } from './unpack-entry.ts';

const packer = createPlanPacker();

function feed(store: ReturnType<typeof createTaskStore>) {
  let seq = 0;
  return (event: object): void => {
    seq += 1;
    store.apply({ seq, at: 1000 + seq, wallAt: 5, ...(event as JournalEvent) } as PackedEntry);
  };
}

const submitted = (taskId: string) => ({
  type: 'task.submitted',
  taskId,
  packed: packer.pack(journaledPlan(taskId)),
});
const poll = (taskId: string) => ({ type: 'request.answered', does: 'poll', taskId });
const started = (taskId: string) => ({ type: 'attempt.started', taskId, deliveryId: 'd1', n: 1 });
const ended = (taskId: string) => ({
  type: 'attempt.ended',
  taskId,
  deliveryId: 'd1',
  attempt: { n: 1, at: 1, wallAt: 1, outcome: 'acknowledged', status: 200, answer: 'ok', detail: null },
});
const settled = (taskId: string) => ({
  type: 'delivery.settled',
  taskId,
  deliveryId: 'd1',
  status: 'acknowledged',
});

function ids(store: ReturnType<typeof createTaskStore>): string[] {
  return [...store.all()].map(({ plan }) => plan.taskId);
}

describe('the task store', () => {
  it('follows the entries of a task', () => {
    const store = createTaskStore();
    const apply = feed(store);
    for (const event of [submitted('a'), poll('a'), poll('a'), started('a')]) apply(event);
    const task = store.get('a');
    if (task === undefined) throw new Error('the task is missing');
    expect([task.polls, task.announced, task.acknowledged]).toEqual([2, 1, false]);
    expect(progressOf(task, task.plan.callbacks[0]?.id ?? ('' as never)).inFlight).toMatchObject({ n: 1 });
    apply(ended('a'));
    apply(settled('a'));
    expect(task.acknowledged).toBe(true);
    expect(openDeliveriesOf(task, task.plan)).toEqual([]);
  });

  it('ignores entries of unknown tasks', () => {
    const store = createTaskStore();
    const apply = feed(store);
    apply(poll('a'));
    apply(started('a'));
    expect(store.size).toBe(0);
  });

  it.each([...OBSERVATIONS])('counts the observation exactly when it changes a task: %s', (type) => {
    const store = createTaskStore();
    const apply = feed(store);
    apply(submitted('a'));
    const before = JSON.stringify([...store.save()]);
    store.apply(closeEntry(sampleEntry(type), packer));
    const isChanged = JSON.stringify([...store.save()]) !== before;
    expect(store.counted.some((counted) => counted === type)).toBe(isChanged);
  });

  it('lists the tasks of an account, newest first', () => {
    const store = createTaskStore();
    const apply = feed(store);
    for (const id of ['a', 'b', 'c']) apply(submitted(id));
    apply({ type: 'task.forgotten', taskId: 'b' });
    const newest = [...store.newest('key-a' as Account)].map(({ plan }) => plan.taskId);
    expect(newest).toEqual(['c', 'a']);
    expect([...store.newest('key-b' as Account)]).toEqual([]);
  });

  it('releases all memory of tasks that are removed', () => {
    const budget = createByteBudget(1_000_000);
    const apply = feed(createTaskStore({ budget }));
    const long = packer.pack(journaledPlan('b', { request: { prompt: 'x'.repeat(5000) } }));
    apply({ type: 'task.submitted', taskId: 'b', packed: long });
    for (const event of [submitted('a'), started('a'), ended('a'), settled('a')]) apply(event);
    expect(budget.used('tasks')).toBeGreaterThan(5000);
    for (const taskId of ['a', 'b']) apply({ type: 'task.forgotten', taskId });
    expect(budget.used('tasks')).toBe(0);
    apply(submitted('c'));
    apply({ type: 'server.reset' });
    expect(budget.used('tasks')).toBe(0);
  });

  it('loads what it saved, and charges the same memory', () => {
    const budget = createByteBudget(1_000_000);
    const store = createTaskStore({ budget });
    const apply = feed(store);
    for (const event of [submitted('a'), submitted('b'), poll('a'), started('b'), ended('b')]) apply(event);
    const parts = JSON.parse(JSON.stringify([...store.save()])) as SavedTask[];
    const other = createByteBudget(1_000_000);
    const loaded = createTaskStore({ budget: other });
    for (const part of parts) loaded.load(part);
    expect([...loaded.save()]).toEqual(parts);
    expect(other.used('tasks')).toBe(budget.used('tasks'));
  });

  it('saves the state of the moment, even when it changes while the parts are read', () => {
    const store = createTaskStore();
    const apply = feed(store);
    for (const id of ['a', 'b', 'c', 'd']) apply(submitted(id));
    const expected = [...store.save()];
    const parts = store.save()[Symbol.iterator]();
    const saved: SavedTask[] = [parts.next().value as SavedTask];
    for (const id of ['a', 'b', 'd']) apply(poll(id));
    apply({ type: 'task.forgotten', taskId: 'c' });
    apply(submitted('e'));
    for (let next = parts.next(); next.done !== true; next = parts.next()) saved.push(next.value);
    const byId = (one: SavedTask, other: SavedTask) => (one.plan.taskId < other.plan.taskId ? -1 : 1);
    expect(saved.sort(byId)).toEqual(expected);
    expect(ids(store)).toEqual(['a', 'b', 'd', 'e']);
  });
});
