import { expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { captureTasks } from './task-capture.ts';

interface Counter {
  count: number;
}

/** What happens to the tasks between two parts. */
const step = fc.record({
  type: fc.constantFrom('change', 'remove', 'add', 'take'),
  index: fc.nat(20),
});

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** Changes tasks while they are saved. */
function createWorld(size: number) {
  const tasks = new Map<number, Counter>();
  for (let n = 0; n < size; n++) tasks.set(n, { count: 100 * n });
  const world = { tasks, saved: [] as number[], ended: 0 };
  const capture = captureTasks(
    tasks.values(),
    ({ count }) => count,
    () => {
      world.ended += 1;
    },
  );
  const parts = capture.parts();

  function take(): void {
    const { value, done } = parts.next();
    if (done !== true) world.saved.push(value);
  }

  function add(): void {
    const added = { count: -1 };
    capture.leaveOut(added);
    tasks.set(Math.max(size, ...tasks.keys()) + 1, added);
  }

  function change(index: number, isRemoval: boolean): void {
    const [id, task] = [...tasks][index % Math.max(1, tasks.size)] ?? [];
    if (id === undefined || task === undefined) return;
    capture.beforeChange(task);
    task.count += 1;
    if (isRemoval) tasks.delete(id);
  }

  return {
    world,
    perform({ type, index }: Step): void {
      if (type === 'take') take();
      else if (type === 'add') add();
      else change(index, type === 'remove');
    },
    finish: () => void world.saved.push(...parts),
  };
}

it('saves all tasks as of one moment, although they change while the parts are read', () => {
  fc.assert(
    fc.property(fc.nat(10), fc.array(step, { maxLength: 60 }), (size, steps) => {
      const { world, perform, finish } = createWorld(size);
      const expected = [...world.tasks.values()].map(({ count }) => count);
      for (const one of steps) perform(one);
      finish();
      expect(world.saved.sort((a, b) => a - b)).toEqual(expected);
      expect(world.ended).toBe(1);
    }),
  );
});

it('ends when its reader stops early', () => {
  let ended = 0;
  const capture = captureTasks(
    [1, 2, 3],
    (task) => task,
    () => {
      ended += 1;
    },
  );
  const parts = capture.parts();
  expect(parts.next().value).toBe(1);
  parts.return(undefined);
  expect([ended, parts.next().done]).toEqual([1, true]);
});

it('yields tasks in the order of the store, and removed ones last', () => {
  const tasks = new Map([1, 2, 3].map((n) => [n, { n }]));
  const capture = captureTasks(
    tasks.values(),
    ({ n }) => n,
    () => undefined,
  );
  const [, second] = [...tasks.values()];
  if (second === undefined) throw new Error('the task is missing');
  capture.beforeChange(second);
  tasks.delete(2);
  expect([...capture.parts()]).toEqual([1, 3, 2]);
});
