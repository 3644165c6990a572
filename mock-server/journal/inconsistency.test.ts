import { describe, expect, it } from 'vitest';
import type { DeliveryId, PlannedDelivery, TaskId } from '../core/types.ts';
import { inconsistencyOf } from './inconsistency.ts';
import { createPlanPacker } from './packed-plan.ts';
import { createTaskStore } from './task-store.ts';
import { journaledPlan } from './testing/journaled-plan.ts';
import { ALL_TYPES, sampleAttempt, sampleEntry } from './testing/sample-entries.ts';
import { closeEntry, type OpenEntry } from './unpack-entry.ts';

const SUBMITTED = sampleEntry('task.submitted');
const STARTED = sampleEntry('attempt.started');
const ENDED = sampleEntry('attempt.ended');
const SETTLED = sampleEntry('delivery.settled');

/** Applies entries after task `a` was submitted. */
function storeAfter(...entries: readonly OpenEntry[]) {
  const store = createTaskStore();
  const packer = createPlanPacker();
  for (const entry of [SUBMITTED, ...entries]) store.apply(closeEntry(entry, packer));
  return store;
}

function deliveries(...given: readonly (readonly [id: string, after: string | null])[]): PlannedDelivery[] {
  const [sample] = journaledPlan('a').callbacks;
  if (sample === undefined) throw new Error('the plan has no callback');
  return given.map(([id, after]) => ({ ...sample, id: id as DeliveryId, after: after as DeliveryId | null }));
}

const submittedWith = (change: Parameters<typeof journaledPlan>[1]): OpenEntry =>
  sampleEntry('task.submitted', { plan: journaledPlan('a', change) });

describe('an entry that can follow', () => {
  it.each<[string, readonly OpenEntry[]]>([
    ['an attempt', [STARTED]],
    ['the end of an attempt', [STARTED, ENDED]],
    ['the end of a delivery', [STARTED, ENDED, SETTLED]],
    ['a delivery without an attempt', [sampleEntry('delivery.settled', { attempts: 0 })]],
    ['a second attempt', [STARTED, ENDED, sampleEntry('attempt.started', { n: 2 })]],
    [
      'a promised delivery',
      [sampleEntry('delivery.promised'), sampleEntry('attempt.started', { deliveryId: 'd2' as DeliveryId })],
    ],
    ['a state of the plan', [sampleEntry('task.changed')]],
    ['an amended plan', [sampleEntry('task.amended')]],
    ['the expiry and the eviction of a task', [sampleEntry('task.expired'), sampleEntry('task.forgotten')]],
  ])('is accepted: %s', (_what, entries) => {
    for (const [index, entry] of entries.entries()) {
      expect(inconsistencyOf(entry, storeAfter(...entries.slice(0, index)))).toBeNull();
    }
  });

  it('may submit a task again after the task was evicted', () => {
    expect(inconsistencyOf(SUBMITTED, storeAfter(sampleEntry('task.forgotten')))).toBeNull();
    expect(inconsistencyOf(SUBMITTED, storeAfter())).toBe('submits task "a" again');
  });

  it('may have deliveries that wait for an earlier one', () => {
    const entry = submittedWith({ callbacks: deliveries(['d1', null], ['d2', 'd1']) });
    expect(inconsistencyOf(entry, createTaskStore())).toBeNull();
  });

  it('may move the clock by nothing', () => {
    const moved = (toAt: number): OpenEntry => sampleEntry('clock.moved', { fromAt: 1000, toAt });
    expect(inconsistencyOf(moved(1000), createTaskStore())).toBeNull();
    expect(inconsistencyOf(moved(999), createTaskStore())).toBe('moves the clock backwards');
  });
});

/** Observations may be about a task that was evicted, and the rest is not about an existing task. */
const WITHOUT_TASK = [
  ...['request.answered', 'media.served', 'sink.received', 'pack.reloaded', 'pack.refused'],
  ...['task.submitted', 'scenario.queued', 'scenario.taken', 'scenario.cleared', 'clock.moved'],
  ...['endpoint.created', 'endpoint.updated', 'endpoint.deleted', 'endpoint.disabled', 'endpoint.pinged'],
  ...['upload.stored', 'upload.forgotten', 'journal.cleared', 'server.reset'],
];

describe('an entry about a task that was not submitted', () => {
  it.each(ALL_TYPES)('is rejected unless it needs none: %s', (type) => {
    const expected = WITHOUT_TASK.includes(type)
      ? null
      : 'refers to task "a", which no earlier entry submits';
    expect(inconsistencyOf(sampleEntry(type), createTaskStore())).toBe(expected);
  });
});

describe('a plan that contradicts itself', () => {
  it.each<[OpenEntry, string]>([
    [
      sampleEntry('task.submitted', { taskId: 'b' as TaskId, plan: journaledPlan('c') }),
      'has the plan of another task, "c"',
    ],
    [
      submittedWith({ steps: [{ state: 'queued', at: 999 }] }),
      'has steps that are not in chronological order',
    ],
    [
      submittedWith({
        steps: [
          { state: 'queued', at: 2000 },
          { state: 'done', at: 1999 },
        ],
      }),
      'has steps that are not in chronological order',
    ],
    [submittedWith({ callbacks: deliveries(['d1', null], ['d1', null]) }), 'has duplicate delivery "d1"'],
    [
      submittedWith({ callbacks: deliveries(['d1', 'd2'], ['d2', null]) }),
      'makes delivery "d1" wait for "d2", which does not precede it',
    ],
    [
      submittedWith({ callbacks: deliveries(['d1', 'd1']) }),
      'makes delivery "d1" wait for "d1", which does not precede it',
    ],
  ])('is rejected, also in an amendment: %#', (entry, expected) => {
    expect(inconsistencyOf(entry, createTaskStore())).toBe(expected);
    const { plan, taskId } = entry as typeof SUBMITTED;
    const store = createTaskStore();
    store.apply(
      closeEntry(sampleEntry('task.submitted', { taskId, plan: journaledPlan(taskId) }), createPlanPacker()),
    );
    expect(inconsistencyOf(sampleEntry('task.amended', { taskId, plan }), store)).toBe(expected);
  });
});

describe('an entry out of order', () => {
  const unknown = { deliveryId: 'd9' as DeliveryId };
  it.each<[readonly OpenEntry[], OpenEntry, string]>([
    [[], sampleEntry('task.changed', { index: 0 }), 'names step 0 "done", which the plan does not have'],
    [[], sampleEntry('task.changed', { index: 2 }), 'names step 2 "done", which the plan does not have'],
    [[], sampleEntry('attempt.started', unknown), 'refers to delivery "d9", which the task does not have'],
    [[], sampleEntry('attempt.ended', unknown), 'refers to delivery "d9", which the task does not have'],
    [[], sampleEntry('delivery.settled', unknown), 'refers to delivery "d9", which the task does not have'],
    [[], sampleEntry('attempt.started', { n: 2 }), 'starts attempt 2 out of order'],
    [[STARTED], STARTED, 'starts attempt 1 out of order'],
    [[STARTED], sampleEntry('attempt.started', { n: 2 }), 'starts attempt 2 out of order'],
    [[], ENDED, 'ends attempt 1, which is not in flight'],
    [
      [STARTED],
      sampleEntry('attempt.ended', { attempt: sampleAttempt({ n: 2 }) }),
      'ends attempt 2, which is not in flight',
    ],
    [[STARTED, ENDED], ENDED, 'ends attempt 1, which is not in flight'],
    [[STARTED], sampleEntry('delivery.settled', { attempts: 0 }), 'counts 0 attempts instead of 0'],
    [[STARTED, ENDED], sampleEntry('delivery.settled', { attempts: 2 }), 'counts 2 attempts instead of 1'],
    [[STARTED, ENDED, SETTLED], SETTLED, 'refers to delivery "d1", which is settled'],
    [
      [STARTED, ENDED, SETTLED],
      sampleEntry('attempt.started', { n: 2 }),
      'refers to delivery "d1", which is settled',
    ],
    [
      [],
      sampleEntry('delivery.promised', { delivery: deliveries(['d1', null])[0] as PlannedDelivery }),
      'promises delivery "d1" again',
    ],
    [[sampleEntry('delivery.promised')], sampleEntry('delivery.promised'), 'promises delivery "d2" again'],
  ])('is rejected: %#', (before, entry, expected) => {
    expect(inconsistencyOf(entry, storeAfter(...before))).toBe(expected);
  });
});
