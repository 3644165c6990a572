import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planTask } from '../core/plan.ts';
import type { Account, Outcome } from '../core/types.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { loadPack } from '../packs/load-pack.ts';
import type { SubmitOperation } from '../packs/pack.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { createScenarioParser } from '../scenarios/parse-scenario.ts';
import { checkParent } from './check-parent.ts';

const pack = loadPack(join(PACKAGE_ROOT, 'spec/runway'));
const submits = pack.operations.filter(
  (operation): operation is SubmitOperation => operation.type === 'submit',
);
const [plain] = submits;
const continuing = submits.find(({ parent }) => parent !== null);
if (plain === undefined || continuing === undefined)
  throw new Error('the pack lacks the expected operations');
const { rules } = continuing.parent ?? {};

/** Creates a task that has ended with this outcome. */
function endedTask(outcome: Outcome): TaskRecord {
  const plan = planTask({
    rules: plain?.kind ?? continuing?.kind ?? never(),
    operation: 'make',
    account: 'key-1' as Account,
    scenario: createScenarioParser(pack)('success'),
    request: {},
    pathParams: null,
    parentId: null,
    announcement: null,
    origin: '',
    seed: 'seed',
    submittedAt: 0,
    speed: 1,
    instant: true,
    capacity: null,
  });
  const mediaExpiresAt = outcome.type === 'success' ? plan.mediaExpiresAt : null;
  return { plan: { ...plan, outcome, mediaExpiresAt } } as TaskRecord;
}

function never(): never {
  throw new Error('no operation');
}

function check(task: TaskRecord | undefined, now = 0) {
  return checkParent(continuing ?? never(), { request: { taskId: 'parent' } }, () => task, now);
}

describe('a task to be continued', () => {
  it('is accepted when it has succeeded', () => {
    const task = endedTask({ type: 'success' });
    expect(check(task)).toStrictEqual({ type: 'accept', id: task.plan.taskId, fail: null });
  });

  it.each<[string, TaskRecord | undefined, number, keyof NonNullable<typeof rules>]>([
    ['does not exist', undefined, 0, 'whenUnknown'],
    ['has not ended', endedTask({ type: 'success' }), -1, 'whenUnfinished'],
    ['has failed', endedTask({ type: 'failure', slug: 'internal' }), 0, 'whenFailed'],
    ['was canceled and has no result', endedTask({ type: 'canceled' }), 0, 'whenFailed'],
    ['has expired', endedTask({ type: 'success' }), 1e12, 'whenExpired'],
  ])("is rejected by the pack's rule when it %s", (_, task, now, trouble) => {
    const rule = rules?.[trouble];
    if (rule?.type !== 'refuse') throw new Error('expected a rejection');
    const because = rule.because ?? 'parent is not a known task';
    expect(check(task, now)).toStrictEqual({ type: 'refuse', role: rule.role, because });
  });
});
