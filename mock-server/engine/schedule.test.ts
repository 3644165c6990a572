import { describe, expect, it } from 'vitest';
import { createSampleTasks } from '../delivery/testing/sample-tasks.ts';
import { createByteBudget } from '../journal/byte-budget.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { createSchedule } from './schedule.ts';

/** A schedule whose deliveries are what the test says. */
function create({ keep = 100 } = {}) {
  const samples = createSampleTasks();
  const { tasks, journal } = samples;
  const callbackAt = new Map<TaskRecord, number | null>();
  const started: TaskRecord[] = [];
  const schedule = createSchedule({
    onReached: () => undefined,
    tasks,
    journal,
    deliveries: {
      nextAt: (task) => callbackAt.get(task) ?? null,
      isOpen: (task) => callbackAt.has(task),
      start(task, _plan, now) {
        const at = callbackAt.get(task);
        if (at === undefined || at === null || at > now) return;
        started.push(task);
        callbackAt.set(task, null);
      },
    },
    budget: createByteBudget(Number.POSITIVE_INFINITY),
    keep,
    onForgotten: () => undefined,
  });
  return { ...samples, schedule, callbackAt, started };
}

function endOf({ plan }: TaskRecord): number {
  return Number(plan.steps.at(-1)?.at);
}

describe('the schedule', () => {
  it('announces each state when it is reached, in order', () => {
    const { add, schedule, journal } = create();
    const task = add();
    schedule.update(task);
    for (let at = schedule.nextAt(); at !== null && at <= endOf(task); at = schedule.nextAt())
      schedule.runDue(at);
    const changes = journal.entries({ type: 'task.changed' });
    expect(changes.map((entry) => 'state' in entry && entry.state)).toEqual(
      task.plan.steps.slice(1).map(({ state }) => state),
    );
    expect(task.announced).toBe(task.plan.steps.length);
  });

  it('announces the expiry of media once', () => {
    const { add, schedule, types } = create();
    const task = add();
    const { mediaExpiresAt } = task.plan;
    schedule.update(task);
    schedule.runDue(Number(mediaExpiresAt) - 1);
    expect(types()).not.toContain('task.expired');
    expect(schedule.nextAt()).toBe(mediaExpiresAt);
    schedule.runDue(Number(mediaExpiresAt));
    schedule.runDue(Number(mediaExpiresAt) + 1);
    expect(types().filter((type) => type === 'task.expired')).toHaveLength(1);
    expect(schedule.nextAt()).toBeNull();
  });

  it('starts deliveries at their moment, after the state that they announce', () => {
    const { add, schedule, callbackAt, started, time } = create();
    const task = add();
    const dueAt = time.at + 1;
    callbackAt.set(task, dueAt);
    schedule.update(task);
    expect([schedule.nextAt(), schedule.nextStepAt(task)]).toEqual([dueAt, dueAt]);
    schedule.runDue(dueAt - 1);
    expect(started).toEqual([]);
    schedule.runDue(dueAt);
    expect(started).toEqual([task]);
  });

  it('ignores the previous moment of a task that was rescheduled', () => {
    const { add, schedule, callbackAt, started, time } = create();
    const task = add({ url: null });
    callbackAt.set(task, time.at + 5);
    schedule.update(task);
    callbackAt.set(task, time.at + 1);
    schedule.update(task);
    schedule.runDue(time.at + 1);
    callbackAt.set(task, time.at + 9);
    schedule.update(task);
    schedule.runDue(time.at + 5);
    expect(started).toEqual([task]);
  });

  it('visits tasks with the same moment in the order in which they got it, regardless of earlier moments', () => {
    const { add, schedule, callbackAt, started, time } = create();
    const [first, second] = [add({ url: null }), add({ url: null })];
    const dueAt = time.at + 5;
    const move = (task: typeof first, at: number): void => {
      callbackAt.set(task, at);
      schedule.update(task);
    };
    move(first, dueAt);
    move(first, dueAt - 1);
    move(second, dueAt);
    move(first, dueAt);
    expect(schedule.save().due.map(([, taskId]) => taskId)).toEqual([second.plan.taskId, first.plan.taskId]);
    schedule.runDue(dueAt);
    expect(started).toEqual([second, first]);
  });

  it('knows whether a task has something left to do', () => {
    const { add, schedule, callbackAt } = create();
    const task = add();
    expect([schedule.isActive(task), schedule.isCalling(task)]).toEqual([true, false]);
    callbackAt.set(task, null);
    schedule.update(task);
    schedule.runDue(endOf(task));
    expect([schedule.isActive(task), schedule.isCalling(task)]).toEqual([true, true]);
    callbackAt.delete(task);
    schedule.settle(task);
    expect([schedule.isActive(task), schedule.isCalling(task)]).toEqual([false, false]);
    expect(schedule.nextStepAt(task)).toBe(Number.POSITIVE_INFINITY);
  });

  it('forgets the oldest finished tasks', () => {
    const { add, schedule, tasks } = create({ keep: 1 });
    const [first, second] = [add(), add()];
    for (const task of [first, second]) schedule.update(task);
    schedule.runDue(Math.max(endOf(first), endOf(second)));
    expect(tasks.size).toBe(1);
  });

  it('has nothing due for a task that is forgotten, nor after a reset', () => {
    const { add, schedule, journal, tasks, time } = create();
    const [task, other] = [add(), add()];
    for (const one of [task, other]) schedule.update(one);
    schedule.forget(task);
    expect(tasks.get(task.plan.taskId)).toBeUndefined();
    const count = journal.last;
    journal.append({ type: 'server.reset' });
    expect(schedule.nextAt()).toBeNull();
    schedule.runDue(time.at + 1e12);
    expect(journal.last).toBe(count + 1);
  });
});
