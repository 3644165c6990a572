import { expect, it } from 'vitest';
import { outcomeName } from '../core/outcome-name.ts';
import type { DeliveryId } from '../core/types.ts';
import { createPlanPacker } from './packed-plan.ts';
import { createSecrets } from './secrets.ts';
import { StoredTask } from './stored-task.ts';
import { reportTask } from './task-report.ts';
import { journaledPlan } from './testing/journaled-plan.ts';

const options = { now: 0, secrets: createSecrets(), nextAttemptAt: () => 2000 };
const task = new StoredTask(createPlanPacker().pack(journaledPlan('a')));

it('reports the states that were reached, and the outcome only after the end', () => {
  const before = reportTask(task, { ...options, now: 1500 });
  expect([before.state, before.outcome, before.timeline.length, before.expired]).toEqual([
    'queued',
    null,
    1,
    false,
  ]);
  const after = reportTask(task, { ...options, now: 9000 });
  expect([after.state, after.outcome, after.timeline.length, after.expired]).toEqual([
    'done',
    'success',
    2,
    true,
  ]);
  expect(after.submittedAt).toBe('1970-01-01T00:00:01.000Z');
  expect(after.deliveries).toEqual([
    {
      id: 'd1',
      kind: 'callback',
      endpointId: null,
      event: 'acme.generate',
      url: 'http://127.0.0.1:9/',
      status: 'pending',
      why: 'outcome',
      dueAt: '1970-01-01T00:00:02.000Z',
      nextAttemptAt: '1970-01-01T00:00:02.000Z',
      inFlight: null,
      attempts: [],
    },
  ]);
});

it('marks an attempt that repeats an interrupted one', () => {
  const attempts = (['interrupted', 'rejected', 'acknowledged'] as const).map((outcome, index) => ({
    ...{ n: index + 1, at: 0, wallAt: 0, outcome, status: null },
    ...{ firstByteMs: null, durationMs: 0, answer: '', detail: null },
  }));
  const repeated = new StoredTask(createPlanPacker().pack(journaledPlan('a')));
  const progress = { attempts, made: 2, status: 'acknowledged', inFlight: null } as const;
  repeated.progress = new Map([['d1' as DeliveryId, progress]]);
  const [delivery] = reportTask(repeated, options).deliveries;
  expect(delivery?.attempts.map(({ repeats }) => repeats)).toEqual([undefined, 1, undefined]);
});

it('masks keys in requests and URLs', () => {
  const secrets = createSecrets();
  secrets.learn('sk-7f3a9c51e2');
  const plan = journaledPlan('a', { request: { prompt: 'my sk-7f3a9c51e2' } });
  const report = reportTask(new StoredTask(createPlanPacker().pack(plan)), { ...options, secrets });
  expect(JSON.stringify(report)).not.toContain('sk-7f3a9c51e2');
});

it('names outcomes like scenarios', () => {
  expect([outcomeName({ type: 'failure', slug: 'nsfw' }), outcomeName({ type: 'canceled' })]).toEqual([
    'fail.nsfw',
    'canceled',
  ]);
});
