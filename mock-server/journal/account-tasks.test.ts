import { expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import type { Account } from '../core/types.ts';
import { createAccountTasks } from './account-tasks.ts';

it('lists the remaining tasks of each account, newest first, after any additions and removals', () => {
  const step = fc.record({ account: fc.nat(2), isRemoval: fc.boolean(), index: fc.nat(50) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const tasks = createAccountTasks<{ place: number }>();
      const expected: { place: number }[][] = [[], [], []];
      const nameOf = (account: number): Account => `key-${account}` as Account;
      for (const { account, isRemoval, index } of steps) {
        const own = expected[account] ?? [];
        const [removed] = isRemoval ? own.splice(index % Math.max(1, own.length), 1) : [];
        if (removed !== undefined) tasks.remove(nameOf(account), removed);
        if (isRemoval) continue;
        const task = { place: 0 };
        own.push(task);
        tasks.add(nameOf(account), task);
      }
      for (const [account, own] of expected.entries()) {
        const listed = [...tasks.newest(nameOf(account))];
        expect(listed).toHaveLength(own.length);
        expect(listed.every((task, index) => task === own[own.length - 1 - index])).toBe(true);
      }
    }),
  );
});
