import { describe, expect, it } from 'vitest';
import { createCaseTasks } from './case-tasks.ts';
import type { SourcedTask } from './task-source.ts';

/** Returns a task with one callback on the way and one at its end. */
function task(taskId: string): SourcedTask {
  const callbacks = [
    { body: `${taskId} half`, isFinal: false },
    { body: `${taskId} done`, isFinal: true },
  ];
  return { taskId, body: `${taskId} done`, callbacks } as unknown as SourcedTask;
}
const message = (taskId: string, text: string) => ({ taskId, text, headers: {} });

describe('the tasks of a case', () => {
  it('expect work for an acknowledged success, even if the case changed its body', () => {
    const tasks = createCaseTasks();
    tasks.add(task('a'), true);
    tasks.add(task('b'), true);
    tasks.acknowledged(message('a', 'a done'));
    tasks.acknowledged(message('b', 'b done, with more keys'));
    expect([...tasks.expected]).toEqual(['a', 'b']);
  });

  it('do not expect work for progress or for a failure', () => {
    const tasks = createCaseTasks();
    tasks.add(task('a'), true);
    tasks.add(task('b'), false);
    tasks.acknowledged(message('a', 'a half'));
    tasks.acknowledged(message('b', 'b done'));
    tasks.sentUnread(message('b', 'b done'));
    expect([...tasks.expected]).toEqual([]);
  });

  it('expect work for a success whose answer was not read', () => {
    const tasks = createCaseTasks();
    tasks.add(task('a'), true);
    tasks.sentUnread(message('a', 'a done'));
    expect([...tasks.expected]).toEqual(['a']);
  });

  it('tell an unchanged success from other messages, and own tasks from others', () => {
    const tasks = createCaseTasks();
    tasks.add(task('a'), true);
    tasks.addForeign('c');
    expect([tasks.isPlain(message('a', 'a done')), tasks.isPlain(message('a', 'a half'))]).toEqual([
      true,
      false,
    ]);
    expect([tasks.owns('a'), tasks.owns('c'), tasks.owns('d')]).toEqual([true, true, false]);
  });
});
