import { describe, expect, it } from 'vitest';
import type { Outcome } from '../core/types.ts';
import {
  createSampleTasks,
  SAMPLE_ACCOUNT,
  type Sender,
  samplePack,
  withUrl,
} from '../delivery/testing/sample-tasks.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import type { CancelOperation, DeleteOperation } from '../packs/pack.ts';
import { createAmendments } from './amendments.ts';
import { unknownTask } from './answers.ts';

const cancels = (operation: { type: string }): operation is CancelOperation => operation.type === 'cancel';
/** A vendor that lets tasks of every state be canceled. */
const cancelsAny = (operation: { type: string }): boolean => cancels(operation) && operation.allowed === null;

function create(sender: Sender = samplePack(({ operations }) => operations.some(cancelsAny))) {
  const calling = withUrl(sender.operation);
  const { operations } = sender.pack;
  const pack = {
    ...sender.pack,
    operations: operations.map((one) => (one.id === calling.id ? calling : one)),
  };
  const samples = createSampleTasks({ ...sender, pack });
  const { tasks, journal, clock, packs, time } = samples;
  const ended: [TaskRecord, Outcome][] = [];
  const removed: TaskRecord[] = [];
  const forgotten: TaskRecord[] = [];
  const updated: TaskRecord[] = [];
  let refusal: Error | null = null;
  const amendments = createAmendments({
    packs,
    tasks,
    journal,
    clock,
    schedule: {
      update: (task) => void updated.push(task),
      forget: (task) => void forgotten.push(task),
      refuseIfFull: () => {
        if (refusal !== null) throw refusal;
      },
    },
    changes: {
      end: (task, _operation, outcome) => void ended.push([task, outcome]),
      remove: (task) => void removed.push(task),
    },
  });
  return {
    ...samples,
    amendments,
    ended,
    removed,
    forgotten,
    updated,
    refuse: (error: Error) => {
      refusal = error;
    },
    finish: ({ plan }: TaskRecord) => {
      time.at = Number(plan.steps.at(-1)?.at);
    },
  };
}

const coded = (code: string): unknown => expect.objectContaining({ code });

describe('canceling', () => {
  const cancel = (world: ReturnType<typeof create>, id: string, change: Partial<CancelOperation> = {}) => {
    const operation = world.pack.operations.find(cancels);
    if (operation === undefined) throw new Error('expected a cancel operation');
    return world.amendments.cancel(
      world.pack,
      { ...operation, ...change },
      { taskId: id, account: SAMPLE_ACCOUNT },
    );
  };

  it('ends a running task as canceled', () => {
    const world = create();
    const task = world.add();
    world.time.at = task.plan.visibleAt;
    const { taskId } = cancel(world, task.plan.taskId);
    expect([taskId, world.ended]).toEqual([task.plan.taskId, [[task, { type: 'canceled' }]]]);
    expect(world.forgotten).toEqual([]);
  });

  it.each([
    ['leave', 0],
    ['forget', 1],
  ] as const)('a task that has ended has the effect "%s" of its pack', (whenFinished, count) => {
    const world = create();
    const task = world.add();
    world.finish(task);
    expect(cancel(world, task.plan.taskId, { whenFinished }).taskId).toBe(task.plan.taskId);
    expect([world.ended, world.forgotten]).toEqual([[], Array(count).fill(task)]);
  });

  it('a task that does not exist is answered as unknown', () => {
    const world = create();
    expect(cancel(world, 'absent')).toEqual({ taskId: null, answer: unknownTask(world.pack, 'absent') });
  });
});

describe('deleting', () => {
  it('removes a visible task of the pack, in any state', () => {
    const { amendments, add, pack, removed, time } = create();
    const task = add();
    const operation = { type: 'delete', status: 204 } as DeleteOperation;
    time.at = task.plan.visibleAt - 1;
    expect(amendments.delete(pack, operation, task.plan).taskId).toBeNull();
    time.at = task.plan.visibleAt;
    expect(amendments.delete({ ...pack, name: 'other' }, operation, task.plan).taskId).toBeNull();
    expect(amendments.delete(pack, operation, task.plan)).toEqual({
      taskId: task.plan.taskId,
      answer: { status: 204, body: '' },
    });
    expect(removed).toEqual([task]);
  });
});

describe('delivering again', () => {
  it('promises the callback of the present state now, with the next number', () => {
    const { amendments, add, finish, updated, time } = create();
    const task = add();
    finish(task);
    const planned = task.plan.callbacks.at(-1);
    amendments.redeliver(task.plan.taskId);
    amendments.redeliver(task.plan.taskId);
    expect(task.extra.map(({ dueAt, state, url }) => ({ dueAt, state, url }))).toEqual(
      Array(2).fill({ dueAt: time.at, state: planned?.state, url: planned?.url }),
    );
    const ids = [...task.plan.callbacks, ...task.extra].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([updated, time.touches]).toEqual([[task, task], 2]);
  });

  it('is refused for an unknown task, without memory, and for a request without a callback URL', () => {
    const world = create();
    expect(() => world.amendments.redeliver('absent')).toThrow(coded('TASK_UNKNOWN'));
    const { taskId } = world.add().plan;
    world.refuse(new Error('full'));
    expect(() => world.amendments.redeliver(taskId)).toThrow('full');
    const sender = samplePack(({ operations }) => operations.some(cancels));
    const silent = createSilent(sender);
    expect(() => silent.amendments.redeliver(silent.taskId)).toThrow(coded('NO_CALLBACK'));
  });
});

/** A task of a pack whose requests name no callback URL. */
function createSilent(sender: Sender) {
  const world = create(sender);
  const task = world.add();
  const operation = world.pack.operations.find(({ id }) => id === task.plan.operation);
  Object.assign(operation ?? {}, { callbacks: [] });
  return { ...world, taskId: task.plan.taskId };
}

describe('forcing an outcome', () => {
  it('ends the task with it', () => {
    const { amendments, add, ended, pack } = create();
    const [slug = ''] = pack.failures.keys();
    const tasks = ['success', 'canceled', `fail.${slug}`].map((outcome) => {
      const task = add();
      expect(amendments.amend(task.plan.taskId, outcome)).toBe(task);
      return task;
    });
    const outcomes = [{ type: 'success' }, { type: 'canceled' }, { type: 'failure', slug }];
    expect(ended).toEqual(tasks.map((task, index) => [task, outcomes[index]]));
  });

  it('is refused for an unknown task, an unknown outcome and a task that has ended', () => {
    const { amendments, add, ended, finish } = create();
    const task = add();
    const { taskId } = task.plan;
    expect(() => amendments.amend('absent', 'success')).toThrow(coded('TASK_UNKNOWN'));
    expect(() => amendments.amend(taskId, 'fail.absent')).toThrow(coded('SCENARIO_UNKNOWN'));
    finish(task);
    expect(() => amendments.amend(taskId, 'success')).toThrow(coded('TASK_FINISHED'));
    expect(ended).toEqual([]);
  });

  it('cannot cancel when the vendor cannot', () => {
    const sender = samplePack(({ operations }) => !operations.some(cancels));
    const { amendments, add, operation } = create(sender);
    expect(operation.kind.ends.canceled).toBeNull();
    expect(() => amendments.amend(add().plan.taskId, 'canceled')).toThrow(coded('SCENARIO_UNKNOWN'));
  });
});
