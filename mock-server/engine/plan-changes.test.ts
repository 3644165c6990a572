import { describe, expect, it } from 'vitest';
import { createSampleTasks } from '../delivery/testing/sample-tasks.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { createPlanChanges } from './plan-changes.ts';
import type { Slots } from './slots.ts';

function create() {
  const samples = createSampleTasks();
  const { journal, clock, packer } = samples;
  const calls: string[] = [];
  const earlier: ReturnType<Slots['earlierStarts']> = [];
  const names = new Map<TaskRecord, string>();
  const changes = createPlanChanges({
    journal,
    clock,
    packer,
    speed: 1,
    schedule: {
      update: (task) => void calls.push(`update ${names.get(task)}`),
      forget: (task) => void calls.push(`forget ${names.get(task)}`),
    },
    slots: {
      earlierStarts(account) {
        calls.push(`slots of ${account}`);
        return earlier;
      },
    },
  });
  function named(name: string): TaskRecord {
    const task = samples.add();
    names.set(task, name);
    return task;
  }
  return { ...samples, changes, calls, earlier, named };
}

describe('a task that ends now', () => {
  it('has an amended plan with the reason, and is scheduled again before its slot is given on', () => {
    const { changes, calls, named, operation, journal, time } = create();
    const task = named('a');
    const [slug = ''] = Object.keys(operation.kind.ends.failures);
    const outcome = { type: 'failure', slug } as const;
    time.at += 1;
    changes.end(task, operation, outcome, 'a test');
    expect(task.plan.outcome).toEqual(outcome);
    expect(task.plan.steps.at(-1)?.at).toBe(time.at);
    expect(journal.entries({ type: 'task.amended' })).toMatchObject([{ reason: 'a test' }]);
    expect(calls).toEqual(['update a', 'slots of key-1']);
    expect(time.touches).toBe(1);
  });
});

describe('a task that is removed', () => {
  it('is forgotten, and lets other tasks start earlier', () => {
    const { changes, calls, named, earlier, time } = create();
    const [gone, waiting] = [named('gone'), named('waiting')];
    const plan = { ...waiting.plan, origin: 'http://earlier.test' };
    earlier.push({ task: waiting, plan });
    changes.remove(gone);
    expect(calls).toEqual(['forget gone', 'slots of key-1', 'update waiting']);
    expect(waiting.plan.origin).toBe('http://earlier.test');
    expect(time.touches).toBe(1);
  });
});
