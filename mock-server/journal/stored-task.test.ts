import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import type { DeliveryFault, DeliveryId, PlannedDelivery } from '../core/types.ts';
import type { PackedEntry } from './journal-entry.ts';
import { createPlanPacker } from './packed-plan.ts';
import {
  affectsTask,
  applyToTask,
  deliveriesOf,
  isAbandoned,
  openDeliveriesOf,
  progressOf,
  StoredTask,
  scheduleNotesOf,
  type TaskRecord,
} from './stored-task.ts';
import { journaledPlan } from './testing/journaled-plan.ts';
import { anyEntry, sampleAttempt, sampleEntry } from './testing/sample-entries.ts';
import { closeEntry, type OpenEntry } from './unpack-entry.ts';

const packer = createPlanPacker();
const close = (entry: OpenEntry): PackedEntry => closeEntry(entry, packer);
const D1 = 'd1' as DeliveryId;
const D2 = 'd2' as DeliveryId;

function callback(change: Partial<PlannedDelivery> = {}): PlannedDelivery {
  const [delivery] = journaledPlan('a').callbacks;
  if (delivery === undefined) throw new Error('the plan has no callback');
  return { ...delivery, ...change };
}

function taskAfter(entries: readonly OpenEntry[], callbacks = [callback()]): StoredTask {
  const task = new StoredTask(packer.pack(journaledPlan('a', { callbacks })));
  for (const entry of entries) applyToTask(task, close(entry));
  return task;
}

/** Everything that entries can change. */
function stateOf(task: StoredTask): unknown {
  const { plan, announced, expired, polls, downloads, extra, openExtra, acknowledged, abandoned, progress } =
    task;
  return structuredClone([
    { ...plan },
    ...[announced, expired, polls, downloads, extra, openExtra, acknowledged, abandoned, progress],
  ]);
}

const settled = (status: 'acknowledged' | 'abandoned', deliveryId = D1): OpenEntry =>
  sampleEntry('delivery.settled', { status, deliveryId });

describe('an entry', () => {
  it.each<[string, OpenEntry, Partial<TaskRecord>]>([
    ['a poll', sampleEntry('request.answered'), { polls: 1 }],
    ['a download', sampleEntry('media.served'), { downloads: new Map([['video.mp4', 1]]) }],
    ['a state', sampleEntry('task.changed'), { announced: 2 }],
    ['an expiry', sampleEntry('task.expired'), { expired: true }],
    ['a promise', sampleEntry('delivery.promised'), { extra: [callback({ id: D2 })] }],
    ['an acknowledgement', settled('acknowledged'), { acknowledged: true, abandoned: false }],
    ['the end of the retries', settled('abandoned'), { acknowledged: false, abandoned: true }],
  ])('changes its part of the task: %s', (_what, entry, expected) => {
    expect(taskAfter([])).not.toMatchObject(expected);
    expect(taskAfter([entry])).toMatchObject(expected);
  });

  it('replaces the plan when the task is amended', () => {
    const plan = journaledPlan('a', { outcome: { type: 'canceled' }, callbacks: [] });
    expect(taskAfter([sampleEntry('task.amended', { plan })]).plan).toEqual(plan);
  });

  it('leaves the task unchanged unless it affects the task', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 20 }), anyEntry, (before, entry) => {
        const task = taskAfter(before);
        const state = stateOf(task);
        applyToTask(task, close(entry));
        if (!affectsTask(close(entry))) expect(stateOf(task)).toEqual(state);
      }),
    );
  });

  it.each<[OpenEntry, boolean]>([
    [sampleEntry('request.answered', { does: 'submit' }), false],
    [sampleEntry('request.answered', { does: 'poll' }), true],
    [sampleEntry('media.served', { method: 'HEAD' }), false],
    [sampleEntry('media.served', { status: 404 }), false],
    [sampleEntry('media.served', { status: 503 }), true],
    [sampleEntry('media.served', { status: null }), true],
  ])('affects a task when it is a poll, or a GET of an existing file: %#', (entry, expected) => {
    expect(affectsTask(close(entry))).toBe(expected);
    const { polls, downloads } = taskAfter([entry]);
    expect(polls + downloads.size > 0).toBe(expected);
  });

  it('does not change another task', () => {
    const untouched = stateOf(taskAfter([]));
    const other = taskAfter([]);
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 20 }), (entries) => {
        taskAfter(entries);
        expect(stateOf(other)).toEqual(untouched);
        expect(stateOf(taskAfter([]))).toEqual(untouched);
      }),
    );
  });
});

describe('the progress of a delivery', () => {
  const started = sampleEntry('attempt.started');

  it('is that of an untried one before its first attempt', () => {
    expect(progressOf(taskAfter([]), D1)).toEqual({
      attempts: [],
      made: 0,
      status: 'pending',
      inFlight: null,
    });
  });

  it('has an attempt in flight until it ends', () => {
    expect(progressOf(taskAfter([started]), D1)).toMatchObject({
      inFlight: { n: 1, at: 1000, wallAt: 5 },
      made: 0,
    });
    const attempt = sampleAttempt({ outcome: 'rejected' });
    expect(progressOf(taskAfter([started, sampleEntry('attempt.ended', { attempt })]), D1)).toEqual({
      attempts: [attempt],
      made: 1,
      status: 'pending',
      inFlight: null,
    });
  });

  it('does not count attempts that the mock itself interrupted', () => {
    const outcomes = ['rejected', 'interrupted', 'timeout'] as const;
    const entries = outcomes.map((outcome, index) =>
      sampleEntry('attempt.ended', { attempt: sampleAttempt({ n: index + 1, outcome }) }),
    );
    const { attempts, made } = progressOf(taskAfter(entries), D1);
    expect([attempts.map(({ outcome }) => outcome), made]).toEqual([[...outcomes], 2]);
  });
});

describe('the deliveries of a task', () => {
  it("are the plan's, followed by those added later", () => {
    expect(deliveriesOf(taskAfter([])).map(({ id }) => id)).toEqual(['d1']);
    expect(deliveriesOf(taskAfter([sampleEntry('delivery.promised')])).map(({ id }) => id)).toEqual([
      'd1',
      'd2',
    ]);
  });

  it('are open until they are settled', () => {
    const openAfter = (...entries: OpenEntry[]): string[] => {
      const task = taskAfter([sampleEntry('delivery.promised'), ...entries]);
      return openDeliveriesOf(task, task.plan).map(({ id }) => id);
    };
    expect(openAfter()).toEqual(['d1', 'd2']);
    expect(openAfter(sampleEntry('attempt.ended'))).toEqual(['d1', 'd2']);
    expect(openAfter(settled('acknowledged'))).toEqual(['d2']);
    expect(openAfter(settled('abandoned', D2))).toEqual(['d1']);
    expect(openAfter(settled('abandoned'), settled('acknowledged', D2))).toEqual([]);
  });

  it.each<[DeliveryFault | null, boolean]>([
    [null, true],
    ['lost-ack', true],
    ['malformed', false],
    ['truncated', false],
    ['forged', false],
  ])('count as acknowledged or abandoned unless they have a fault: %s', (flaw, counts) => {
    const taskWith = (status: 'acknowledged' | 'abandoned') =>
      taskAfter([settled(status)], [callback({ flaw })]);
    expect(taskWith('acknowledged').acknowledged).toBe(counts);
    expect(taskWith('abandoned').abandoned).toBe(counts);
  });

  it('count without a fault when they were added later', () => {
    const task = taskAfter([sampleEntry('delivery.promised'), settled('acknowledged', D2)]);
    expect(task.acknowledged).toBe(true);
  });

  it('leave a task abandoned only when none was acknowledged', () => {
    const promised = sampleEntry('delivery.promised');
    expect(isAbandoned(taskAfter([]))).toBe(false);
    expect(isAbandoned(taskAfter([settled('abandoned')]))).toBe(true);
    expect(isAbandoned(taskAfter([settled('abandoned'), promised, settled('acknowledged', D2)]))).toBe(false);
  });
});

describe("the schedule's notes", () => {
  it('are those of the task itself', () => {
    const task = taskAfter([]);
    scheduleNotesOf(task).scheduledAt = 7;
    expect(scheduleNotesOf(task)).toMatchObject({ scheduledAt: 7, retired: false });
    expect(scheduleNotesOf(taskAfter([])).scheduledAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('do not exist for a copy of a task', () => {
    expect(() => scheduleNotesOf({ ...taskAfter([]), plan: journaledPlan('a') })).toThrow(
      'the task is not from the store',
    );
  });
});
