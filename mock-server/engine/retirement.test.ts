import { describe, expect, it } from 'vitest';
import { createSampleTasks } from '../delivery/testing/sample-tasks.ts';
import { createByteBudget } from '../journal/byte-budget.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { createRetirement } from './retirement.ts';

/** @param used the bytes of tasks, all of which forgetting the first task releases */
function create({ keep = 2, limit = Number.POSITIVE_INFINITY, used = 0 } = {}) {
  const samples = createSampleTasks();
  const { tasks, journal } = samples;
  const budget = createByteBudget(limit);
  budget.charge('tasks', used);
  const active = new Set<TaskRecord>();
  const forgotten: TaskRecord[] = [];
  let rounds = 0;
  const retirement = createRetirement({
    tasks,
    budget,
    keep,
    isActive: (task) => active.has(task),
    forget(task) {
      if (forgotten.length === 0) budget.charge('tasks', -used);
      forgotten.push(task);
      journal.append({ type: 'task.forgotten', taskId: task.plan.taskId });
    },
    onForgotten: () => {
      rounds += 1;
    },
  });
  function retire(task = samples.add()): TaskRecord {
    retirement.retire(task, task.plan);
    return task;
  }
  return { ...samples, retirement, active, forgotten, retire, rounds: () => rounds };
}

describe('finished tasks', () => {
  it('are kept until there are twice as many as wanted; then the oldest half is forgotten', () => {
    const { retire, forgotten, rounds } = create({ keep: 2 });
    const first = [retire(), retire(), retire()];
    expect(forgotten).toEqual([]);
    retire();
    expect(forgotten).toEqual(first.slice(0, 2));
    expect(rounds()).toBe(1);
  });

  it('count once, however often they retire', () => {
    const { retire, add, forgotten } = create({ keep: 1 });
    const task = add();
    for (let n = 0; n < 3; n++) retire(task);
    expect(forgotten).toEqual([]);
  });

  it('do not retire while they are active, and are kept when they become active again', () => {
    const { retire, add, active, forgotten } = create({ keep: 1 });
    const busy = add();
    active.add(busy);
    retire(busy);
    const again = retire();
    active.add(again);
    retire();
    expect(forgotten).toEqual([]);
    active.clear();
    retire(again);
    expect(forgotten).toHaveLength(1);
    expect(forgotten).not.toContain(again);
  });

  it('are not forgotten after a reset', () => {
    const { retire, retirement, forgotten } = create({ keep: 1 });
    retire();
    retirement.clear();
    retire();
    expect(forgotten).toEqual([]);
  });
});

describe('memory for tasks', () => {
  const LIMIT = 1_000_000;

  it('is available while tasks occupy less than they may', () => {
    expect(create({ limit: LIMIT, used: 700_000 }).retirement.hasRoomFor('x')).toBe(true);
  });

  it('is made by forgetting finished tasks', () => {
    const { retirement, retire, forgotten } = create({ limit: LIMIT, used: 470_000, keep: 10 });
    const task = retire();
    expect(forgotten).toEqual([]);
    expect(retirement.hasRoomFor('x'.repeat(300_000))).toBe(true);
    expect(forgotten).toEqual([task]);
  });

  it('is refused when unfinished tasks alone occupy it', () => {
    const { retirement } = create({ limit: LIMIT, used: 800_000 });
    expect(retirement.hasRoomFor('x')).toBe(false);
    expect(() => retirement.refuseIfFull()).toThrow(expect.objectContaining({ code: 'MEMORY_FULL' }));
  });

  it('is made as soon as a task retires beyond the limit of finished tasks', () => {
    const { retire, forgotten } = create({ limit: LIMIT, used: 600_000, keep: 10 });
    const task = retire();
    expect(forgotten).toEqual([task]);
  });
});
