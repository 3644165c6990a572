import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import type { Account } from '../core/types.ts';
import { createPlanPacker, type PackedPlan } from './packed-plan.ts';
import { createTaskAliases } from './task-aliases.ts';
import { createTaskStore } from './task-store.ts';
import { journaledPlan } from './testing/journaled-plan.ts';

const packer = createPlanPacker();
const owner = (account: string) => ({ pack: 'runway', account: account as Account });

function task(id: string, account: string, aliases: readonly string[]): { readonly packed: PackedPlan } {
  const plan = journaledPlan(id, { ...owner(account), ...(aliases.length > 0 ? { aliases } : {}) });
  return { packed: packer.pack(plan) };
}

interface Change {
  readonly account: number;
  readonly alias: number;
  readonly isRemoval: boolean;
  readonly index: number;
}

/** Returns the index after a number of additions and removals, and the tasks that are left, by owner and alias. */
function afterSteps(steps: readonly Change[]) {
  const index = createTaskAliases();
  const expected = new Map<string, { readonly packed: PackedPlan }[]>();
  for (const [n, { account, alias, isRemoval, index: at }] of steps.entries()) {
    const key = `${account} ${alias}`;
    const own = expected.get(key) ?? [];
    expected.set(key, own);
    if (isRemoval) {
      for (const removed of own.splice(at % Math.max(1, own.length), 1)) index.remove(removed);
    } else {
      const added = task(`t${n}`, `key-${account}`, [`alias-${alias}`]);
      own.push(added);
      index.add(added);
    }
  }
  return { index, expected };
}

describe('an alias', () => {
  it('means the latest remaining task of its owner, after any additions and removals', () => {
    const step = fc.record({
      account: fc.nat(1),
      alias: fc.nat(2),
      isRemoval: fc.boolean(),
      index: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { index, expected } = afterSteps(steps);
        for (const [key, own] of expected) {
          const [account, alias] = key.split(' ');
          expect(index.find(`alias-${alias}`, owner(`key-${account}`))).toBe(own.at(-1));
        }
      }),
    );
  });

  it('means nothing in another pack or account, except to those who see all tasks', () => {
    const index = createTaskAliases();
    const one = task('t1', 'key-1', ['mine', 'also-mine']);
    index.add(one);
    index.add(task('t2', 'key-1', []));
    expect(index.find('also-mine', owner('key-1'))).toBe(one);
    expect(index.find('mine', owner('key-2'))).toBeUndefined();
    expect(index.find('mine', { ...owner('key-1'), pack: 'luma' })).toBeUndefined();
    expect(index.findAny('mine')).toBe(one);
    index.clear();
    expect(index.findAny('mine')).toBeUndefined();
  });

  it('is found in the store until its task is removed, and after it was saved and loaded', () => {
    const plan = journaledPlan('t1', { ...owner('key-1'), aliases: ['mine'] });
    const [store, restored] = [createTaskStore(), createTaskStore()];
    const stamp = { seq: 1, at: 0, wallAt: 0, taskId: plan.taskId };
    store.apply({ ...stamp, type: 'task.submitted', packed: packer.pack(plan), seed: '' });
    expect(store.find('mine', owner('key-1'))?.plan).toEqual(plan);
    for (const saved of store.save()) restored.load(saved);
    expect(restored.find('mine')?.plan).toEqual(plan);
    store.apply({ ...stamp, type: 'task.forgotten' });
    expect(store.find('mine')).toBeUndefined();
    restored.apply({ seq: 2, at: 0, wallAt: 0, type: 'server.reset' });
    expect(restored.find('mine')).toBeUndefined();
  });
});
