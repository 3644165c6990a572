import { describe, expect, it } from 'vitest';
import { samplePolicy } from '../core/testing/sample-policy.ts';
import { progressOf, type TaskRecord } from '../journal/stored-task.ts';
import { createAttempts, currentPlan, type Job } from './attempts.ts';
import { callbackHeaders } from './compose-callback.ts';
import { createDueRules } from './due-rules.ts';
import type { AttemptResult, OutgoingCallback } from './post-callback.ts';
import {
  createSampleTasks,
  type Sender,
  START_AT,
  samplePack,
  WALL_AHEAD_MS,
} from './testing/sample-tasks.ts';

const POLICY = samplePolicy();
const ACKNOWLEDGED: AttemptResult = {
  outcome: 'acknowledged',
  status: 200,
  firstByteMs: 3,
  durationMs: 4,
  answer: 'ok',
  detail: null,
};
const REJECTED: AttemptResult = { ...ACKNOWLEDGED, outcome: 'rejected', status: 500, detail: 'HTTP 500' };

interface Options {
  readonly secret?: string;
  readonly written?: Promise<boolean>;
  readonly sender?: Sender;
}

function create({ secret, written, sender }: Options = {}) {
  const samples = createSampleTasks(sender);
  const { packs, journal, clock, tasks } = samples;
  const begun: number[] = [];
  const flight = { begin: (nextAt: number) => void begun.push(nextAt), end: () => undefined };
  const options = {
    clock,
    journal: { append: journal.append, written: () => written ?? null },
    taskOf: tasks.get,
    secretOf: () => secret ?? null,
    endpointSecret: () => null,
    tracing: null,
    userAgent: 'agent/1',
  };
  const attempts = createAttempts(
    options,
    createDueRules({ packs, isEndpointEnabled: () => true, policyOf: () => POLICY }),
  );
  return { ...samples, attempts, begun, begin: (job: Job) => attempts.begin(job, flight) };
}

/** Returns the job of the callback with a fault, or else of the last one. */
function jobOf(task: TaskRecord): Job {
  const { packed, plan } = task;
  const delivery = plan.callbacks.find(({ flaw }) => flaw !== null) ?? plan.callbacks.at(-1);
  if (delivery === undefined) throw new Error('the plan has no callback');
  return { task, packed, plan, delivery };
}

describe('an attempt that begins', () => {
  it('is recorded with what is sent, and limits time to its first retry', () => {
    const { add, begin, begun, journal } = create();
    const job = jobOf(add());
    const outgoing = begin(job);
    const [started] = journal.entries({ type: 'attempt.started' });
    expect(started).toMatchObject({ n: 1, deliveryId: job.delivery.id, url: job.delivery.url });
    expect(outgoing).toMatchObject({ ackTimeoutMs: 1000, ackStatus: '2xx', flaw: null });
    expect(started).toMatchObject({
      headers: { 'user-agent': 'agent/1' },
      body: (outgoing as OutgoingCallback).body,
    });
    expect(progressOf(job.task, job.delivery.id).inFlight).toEqual({
      n: 1,
      at: START_AT,
      wallAt: START_AT + WALL_AHEAD_MS,
    });
    expect(begun).toEqual([START_AT + 30]);
  });

  it('sends nothing and records nothing when its task is gone', () => {
    const { add, begin, journal, begun } = create();
    const job = jobOf(add());
    journal.append({ type: 'server.reset' });
    expect(begin(job)).toBeNull();
    expect([journal.entries({ type: 'attempt.started' }), begun]).toEqual([[], []]);
  });

  it('is sent only after its entry is on disk, and not if its task is gone by then', async () => {
    let resolve: (isWritten: boolean) => void = () => undefined;
    const written = new Promise<boolean>((done) => {
      resolve = done;
    });
    const { add, begin, journal } = create({ written });
    const [kept, lost] = [begin(jobOf(add())), begin(jobOf(add()))];
    expect([kept, lost]).toEqual([expect.any(Promise), expect.any(Promise)]);
    journal.append({ type: 'task.forgotten', taskId: jobOf(add()).plan.taskId });
    const [, second] = journal.entries({ type: 'attempt.started' });
    if (second === undefined || !('taskId' in second) || second.taskId === null)
      throw new Error('no attempt');
    journal.append({ type: 'task.forgotten', taskId: second.taskId });
    resolve(true);
    expect([(await kept) !== null, await lost]).toEqual([true, null]);
  });

  it('is not sent when the mock closes before its entry is on disk', async () => {
    const { add, begin } = create({ written: Promise.resolve(false) });
    expect(await begin(jobOf(add()))).toBeNull();
  });

  it('loses only its first acknowledgement', () => {
    const { add, attempts, begin } = create();
    const job = jobOf(add({ scenario: 'callback.lost-ack' }));
    const first = begin(job);
    attempts.end(job, REJECTED);
    const second = begin(job);
    expect([first, second].map((outgoing) => (outgoing as OutgoingCallback).flaw)).toEqual([
      'lost-ack',
      null,
    ]);
  });

  it('sends the plan as it was amended in the meantime', () => {
    const { add, begin, journal, packer } = create();
    const job = jobOf(add());
    expect(currentPlan(job)).toBe(job.plan);
    const origin = 'http://amended.test';
    journal.append({
      type: 'task.amended',
      taskId: job.plan.taskId,
      packed: packer.pack({ ...job.plan, origin }),
      reason: 'test',
    });
    expect(currentPlan(job).origin).toBe(origin);
    expect((begin(job) as OutgoingCallback).body).toContain(origin);
  });
});

describe('an attempt that ends', () => {
  it('is recorded with its result, and settles the delivery when it was acknowledged', () => {
    const { add, attempts, begin, types } = create();
    const job = jobOf(add());
    begin(job);
    attempts.end(job, ACKNOWLEDGED);
    const { attempts: made, status, inFlight } = progressOf(job.task, job.delivery.id);
    expect(made).toEqual([{ n: 1, at: START_AT, wallAt: START_AT + WALL_AHEAD_MS, ...ACKNOWLEDGED }]);
    expect([status, inFlight]).toEqual(['acknowledged', null]);
    expect(types()).toEqual(['task.submitted', 'attempt.started', 'attempt.ended', 'delivery.settled']);
  });

  it('leaves the delivery pending while a retry is left, and abandons it after the last one', () => {
    const { add, attempts, begin } = create();
    const job = jobOf(add());
    const statuses = [1, 2].map(() => {
      begin(job);
      attempts.end(job, REJECTED);
      return progressOf(job.task, job.delivery.id).status;
    });
    expect(statuses).toEqual(['pending', 'abandoned']);
  });

  it('is ignored when none is in flight', () => {
    const { add, attempts, types } = create();
    attempts.end(jobOf(add()), ACKNOWLEDGED);
    expect(types()).toEqual(['task.submitted']);
  });
});

it('signs a forged callback with a key that is not the secret', () => {
  const sender = samplePack(({ signer }) => signer !== null);
  const { add, begin, pack } = create({ secret: 'the secret', sender });
  for (const [scenario, secret] of [
    ['success', 'the secret'],
    ['callback.forged', 'not the secret'],
  ] as const) {
    const job = jobOf(add({ scenario }));
    const { headers, body } = begin(job) as OutgoingCallback;
    const { plan, delivery } = job;
    const wallAt = START_AT + WALL_AHEAD_MS;
    const expected = {
      pack,
      plan,
      deliveryId: delivery.id,
      url: delivery.url,
      body,
      secret,
      endpointSecret: () => null,
      userAgent: 'agent/1',
      wallAt,
    };
    expect(headers).toEqual(callbackHeaders(expected));
    expect(Object.keys(headers).length).toBeGreaterThan(2);
  }
});
