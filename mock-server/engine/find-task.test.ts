import { expect, it } from 'vitest';
import type { Account } from '../core/types.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { findTask } from './find-task.ts';

const byId = {} as TaskRecord;
const byAlias = {} as TaskRecord;
const KEY = 'key-1' as Account;
const aliases = { of: () => [], areUnique: false };

it('prefers the id of a task to an alias of another', () => {
  const asked: unknown[] = [];
  const tasks = {
    get: (id: string) => (id === 'id' ? byId : undefined),
    find: (id: string, owner: unknown) => {
      asked.push(id, owner);
      return byAlias;
    },
  };
  expect(findTask(tasks, 'id', { name: 'acme', aliases }, KEY)).toBe(byId);
  expect(asked).toEqual([]);
  expect(findTask(tasks, 'alias', { name: 'acme', aliases }, KEY)).toBe(byAlias);
  expect(asked).toEqual(['alias', { pack: 'acme', account: KEY }]);
  expect(findTask(tasks, 'alias', { name: 'acme', aliases: null }, KEY)).toBeUndefined();
});
