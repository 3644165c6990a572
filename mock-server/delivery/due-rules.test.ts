import { describe, expect, it } from 'vitest';
import { samplePolicy } from '../core/testing/sample-policy.ts';
import type { Attempt, AttemptOutcome, PlannedDelivery } from '../core/types.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { createDueRules, eventOf } from './due-rules.ts';
import { createSampleTasks } from './testing/sample-tasks.ts';

const POLICY = samplePolicy({ retries: 2, gapsMs: [30, 60] });
const samples = createSampleTasks();
const { pack, packs, journal } = samples;
const rules = createDueRules({ packs, isEndpointEnabled: () => true, policyOf: () => POLICY });

function callbackOf({ plan }: TaskRecord, index = 0): PlannedDelivery {
  const delivery = plan.callbacks[index];
  if (delivery === undefined) throw new Error('the plan has no such callback');
  return delivery;
}

function start({ plan: { taskId } }: TaskRecord, { id: deliveryId, event, url }: PlannedDelivery): void {
  journal.append({ type: 'attempt.started', taskId, deliveryId, event, n: 1, url, headers: {}, body: '' });
}

function end(
  { plan: { taskId } }: TaskRecord,
  { id: deliveryId, event, url }: PlannedDelivery,
  outcome: AttemptOutcome,
  at: number,
): void {
  const attempt = { n: 1, at, wallAt: at, outcome, answer: '', detail: null } as Attempt;
  journal.append({ type: 'attempt.ended', taskId, deliveryId, event, url, attempt });
}

describe('a delivery', () => {
  it('is due when its plan says, and not while its attempt is in flight', () => {
    const task = samples.add();
    const delivery = callbackOf(task);
    expect(rules.dueAt(task, delivery, pack)).toBe(delivery.dueAt);
    start(task, delivery);
    expect(rules.dueAt(task, delivery, pack)).toBeNull();
  });

  it('is due again after each gap of its policy, until no retry is left', () => {
    const task = samples.add();
    const delivery = callbackOf(task);
    const dues = [1000, 2000, 3000].map((at) => {
      end(task, delivery, 'rejected', at);
      return rules.dueAt(task, delivery, pack);
    });
    expect(dues).toEqual([1030, 2060, null]);
  });

  it('is due immediately after the mock interrupted it, with any policy', () => {
    const task = samples.add();
    const delivery = callbackOf(task);
    end(task, delivery, 'interrupted', 1000);
    expect(rules.dueAt(task, delivery, pack)).toBe(1000);
  });

  it('waits for the delivery that it follows to be settled', () => {
    const task = samples.add({ scenario: 'callback.duplicate' });
    const { taskId, callbacks } = task.plan;
    const follower = callbacks.find(({ after }) => after !== null);
    const first = callbacks.find(({ id }) => id === follower?.after);
    if (follower === undefined || first === undefined) throw new Error('expected a duplicate');
    expect(rules.dueAt(task, follower, pack)).toBeNull();
    const { id: deliveryId, event } = first;
    journal.append({ type: 'delivery.settled', taskId, deliveryId, event, status: 'abandoned', attempts: 1 });
    expect(rules.dueAt(task, follower, pack)).toBe(follower.dueAt);
  });

  it('can have its own number of retries', () => {
    const delivery = callbackOf(samples.add());
    expect(rules.policyFor({ ...delivery, retries: 0 }, pack)).toEqual({ ...POLICY, retries: 0 });
    expect(rules.policyFor({ ...delivery, retries: null }, pack)).toBe(POLICY);
  });

  it('uses the number of retries of its state, unless it has its own', () => {
    const delivery = { ...callbackOf(samples.add()), retries: null };
    const byState = createDueRules({
      packs,
      isEndpointEnabled: () => true,
      policyOf: () => samplePolicy({ retriesFor: { [delivery.state]: 7 } }),
    });
    expect(byState.policyFor(delivery, pack).retries).toBe(7);
    expect(byState.policyFor({ ...delivery, state: 'another' }, pack).retries).toBe(1);
    expect(byState.policyFor({ ...delivery, retries: 0 }, pack).retries).toBe(0);
  });

  it('varies its gaps by the seed of its task', () => {
    const varied = createDueRules({
      packs,
      isEndpointEnabled: () => true,
      policyOf: () => samplePolicy({ gapsMs: [100_000], gapJitter: 0.1 }),
    });
    const dueTimes = [1, 2, 3].map(() => {
      const task = samples.add();
      end(task, callbackOf(task), 'rejected', 0);
      return varied.dueAt(task, callbackOf(task), pack);
    });
    expect(new Set(dueTimes).size).toBe(3);
  });
});

describe('what can follow from a failed attempt', () => {
  it('is its retry, and nothing after the last one', () => {
    const task = samples.add();
    const delivery = callbackOf(task);
    expect(rules.followsAt(task, task.plan, delivery, 500)).toBe(530);
    end(task, delivery, 'rejected', 500);
    end(task, delivery, 'rejected', 600);
    expect(rules.followsAt(task, task.plan, delivery, 700)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is at once a delivery that waits for it', () => {
    const task = samples.add({ scenario: 'callback.duplicate' });
    const first = task.plan.callbacks.find(({ id }) => task.plan.callbacks.some(({ after }) => after === id));
    if (first === undefined) throw new Error('expected a duplicate');
    expect(rules.followsAt(task, task.plan, first, 500)).toBe(500);
  });
});

it('rejects a plan of a pack that is not loaded, and an event that the pack lacks', () => {
  const { plan } = samples.add();
  expect(() => rules.packOf({ ...plan, pack: 'absent' })).toThrow('pack "absent" is not loaded');
  expect(() => eventOf(pack, { event: 'absent.event' })).toThrow(
    `pack "${pack.name}" has no event "absent.event"`,
  );
});
