import { expect, it } from 'vitest';
import type { TaskId } from '../core/types.ts';
import type { Journal } from '../journal/journal.ts';
import type { PackedEntry } from '../journal/journal-entry.ts';
import { createFirstAttempts } from './first-attempts.ts';

const ONE = 'task-1' as TaskId;
const TWO = 'task-2' as TaskId;

function create() {
  let listener: Parameters<Journal['subscribe']>[0] = () => undefined;
  const subscribe = (added: typeof listener) => {
    listener = added;
    return () => true;
  };
  const ended: string[] = [];
  const first = createFirstAttempts({ subscribe });
  const wait = (id: TaskId, name: string): Promise<unknown> => first.wait(id).then(() => ended.push(name));
  const tell = (type: string): void => listener({ type } as PackedEntry);
  return { first, wait, tell, ended };
}

it('resolves all who wait for the same task, and nobody else', async () => {
  const { first, wait, ended } = create();
  const waiting = [wait(ONE, 'a'), wait(ONE, 'b')];
  void wait(TWO, 'c');
  first.end(ONE);
  await Promise.all(waiting);
  expect(ended).toEqual(['a', 'b']);
});

it('resolves everyone after a reset, and nobody after any other entry', async () => {
  const { wait, tell, ended } = create();
  const waiting = [wait(ONE, 'a'), wait(TWO, 'b')];
  tell('task.changed');
  await Promise.resolve();
  expect(ended).toEqual([]);
  tell('server.reset');
  await Promise.all(waiting);
  expect(ended).toEqual(['a', 'b']);
});

it('waits for the next attempt when an earlier one has ended', async () => {
  const { first, wait, ended } = create();
  first.end(ONE);
  const waiting = wait(ONE, 'a');
  await Promise.resolve();
  expect(ended).toEqual([]);
  first.end(ONE);
  await waiting;
  expect(ended).toEqual(['a']);
});
