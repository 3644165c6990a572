import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { createByteBudget } from './byte-budget.ts';
import type { PackedEntry } from './journal-entry.ts';
import { createPlanPacker } from './packed-plan.ts';
import { affectsTask, applyToTask, StoredTask } from './stored-task.ts';
import { createTaskMemory } from './task-memory.ts';
import { journaledPlan } from './testing/journaled-plan.ts';
import { anyEntry, sampleAttempt, sampleEntry } from './testing/sample-entries.ts';
import { closeEntry, type OpenEntry } from './unpack-entry.ts';

const packer = createPlanPacker();
const close = (entry: OpenEntry): PackedEntry => closeEntry(entry, packer);
const newTask = (request = {}) => new StoredTask(packer.pack(journaledPlan('a', { request })));

function createWorld() {
  const budget = createByteBudget(1_000_000_000);
  const memory = createTaskMemory(budget);
  const used = (): number => budget.used('tasks');
  function apply(task: StoredTask, entry: OpenEntry): number {
    const before = used();
    const packed = close(entry);
    memory.change('a', task, packed);
    applyToTask(task, packed);
    return used() - before;
  }
  return { memory, used, apply };
}

const history = fc.array(
  anyEntry.filter((entry) => affectsTask(close(entry))),
  { maxLength: 40 },
);

describe('the memory of a task', () => {
  it('is the same when it grows with the entries as when the task is added afterwards', () => {
    fc.assert(
      fc.property(history, (entries) => {
        const grown = createWorld();
        const task = newTask();
        grown.memory.add('a', task);
        for (const entry of entries) grown.apply(task, entry);
        const added = createWorld();
        added.memory.add('a', task);
        expect(added.used()).toBe(grown.used());
      }),
    );
  });

  it('is released as a whole when the task is removed', () => {
    fc.assert(
      fc.property(history, (entries) => {
        const { memory, used, apply } = createWorld();
        const task = newTask({ prompt: 'x'.repeat(5000) });
        memory.add('a', task);
        for (const entry of entries) apply(task, entry);
        expect(used()).toBeGreaterThan(0);
        memory.remove('a', task);
        expect(used()).toBe(0);
      }),
    );
  });

  it('covers the contents that clients and receivers supply', () => {
    const { memory, used, apply } = createWorld();
    const task = newTask({ prompt: 'x'.repeat(5000) });
    memory.add('a', task);
    expect(used()).toBeGreaterThan(5000);
    const text = 'y'.repeat(1000);
    const attempt = sampleAttempt({ answer: text, detail: text });
    expect(apply(task, sampleEntry('attempt.ended', { attempt }))).toBeGreaterThanOrEqual(3000);
    const [delivery] = task.plan.callbacks;
    if (delivery === undefined) throw new Error('the plan has no callback');
    const url = `http://a.test/${text}`;
    expect(apply(task, sampleEntry('delivery.promised', { delivery: { ...delivery, url } }))).toBeGreaterThan(
      1000,
    );
    expect(apply(task, sampleEntry('media.served', { name: text }))).toBeGreaterThan(1000);
  });

  it('does not grow with polls and repeated downloads', () => {
    const { memory, apply } = createWorld();
    const task = newTask();
    memory.add('a', task);
    expect(apply(task, sampleEntry('request.answered'))).toBe(0);
    expect(apply(task, sampleEntry('media.served'))).toBeGreaterThan(0);
    expect(apply(task, sampleEntry('media.served'))).toBe(0);
    expect(apply(task, sampleEntry('media.served', { name: 'unknown.mp4', status: 404 }))).toBe(0);
  });

  it('follows an amended request, and is released as a whole for all tasks', () => {
    const { memory, used, apply } = createWorld();
    const task = newTask();
    memory.add('a', task);
    const before = used();
    const long = journaledPlan('a', { request: { prompt: 'z'.repeat(9000) } });
    expect(apply(task, sampleEntry('task.amended', { plan: long }))).toBeGreaterThan(8000);
    apply(task, sampleEntry('task.amended', { plan: journaledPlan('a', { request: {} }) }));
    expect(used()).toBe(before);
    memory.clear();
    expect(used()).toBe(0);
  });
});
