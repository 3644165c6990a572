import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';
import type { Reaction } from '../../fixtures/receivers/scripted-receiver.ts';
import { samplePolicy } from '../core/testing/sample-policy.ts';
import type { JournalEntry, MockServer } from '../index.ts';
import { createDeliveries } from './deliveries.ts';
import type { AttemptResult } from './post-callback.ts';
import { createSampleTasks } from './testing/sample-tasks.ts';

/** The courier's limit of concurrent POSTs to one receiver. */
const CONCURRENCY_LIMIT = 128;

const { startMock, receiver, closeAll } = mockAndReceiver({ grace: 0 });
afterEach(closeAll);

/** Triggers tasks that end at once, each with a callback that is due. */
async function fire(mock: MockServer, count: number, to: string): Promise<void> {
  for (let n = 0; n < count; n++) await mock.tasks.trigger('runway.generate', { to });
}

type Started = Extract<JournalEntry, { type: 'attempt.started' }>;

function startsOf(mock: MockServer): Started[] {
  return mock.journal
    .entries({ type: 'attempt.started' })
    .filter((entry): entry is Started => entry.type === 'attempt.started');
}

function attemptsOf(mock: MockServer): string[][] {
  return mock.tasks
    .all()
    .flatMap(({ deliveries }) => deliveries.map(({ attempts }) => attempts.map(({ outcome }) => outcome)));
}

describe('callbacks beyond the concurrency limit of a receiver', () => {
  it('start when their turn comes: they are not journaled, timestamped or signed before', async () => {
    const mock = await startMock({ ackTimeout: 2000, retries: 0, secret: 'key' });
    const { url } = await receiver('hang');
    await fire(mock, CONCURRENCY_LIMIT + 2, url);
    await mock.settled();
    const starts = startsOf(mock);
    const [firstAt = 0, ...startedAt] = starts.map(({ wallAt }) => Date.parse(wallAt));
    expect(starts).toHaveLength(CONCURRENCY_LIMIT + 2);
    const waitedMs = (startedAt.at(-1) ?? 0) - firstAt;
    expect(waitedMs).toBeGreaterThanOrEqual(1900);
    // A timestamp has whole seconds, so it may look up to a second older than it is.
    const stampedAt = starts.map(({ headers }) => Number(headers['X-Webhook-Timestamp']) * 1000);
    expect(Math.min(...stampedAt.slice(CONCURRENCY_LIMIT)) + 1000).toBeGreaterThan(firstAt + waitedMs / 2);
    expect(attemptsOf(mock)).toEqual(Array(CONCURRENCY_LIMIT + 2).fill(['timeout']));
  });

  it('are not started after the mock stops, and stay pending', async () => {
    const mock = await startMock();
    const { url, received } = await receiver('hang');
    await fire(mock, CONCURRENCY_LIMIT + 3, url);
    await received(CONCURRENCY_LIMIT);
    await mock.close();
    expect(attemptsOf(mock)).toEqual([...Array(CONCURRENCY_LIMIT).fill(['interrupted']), [], [], []]);
    expect(mock.journal.entries({ type: 'attempt.ended' })).toHaveLength(CONCURRENCY_LIMIT);
  });

  it('are dropped by a reset, and do not block the same tasks after it', async () => {
    const mock = await startMock();
    const { url, posts, received } = await receiver(...Array<Reaction>(CONCURRENCY_LIMIT).fill('hang'), 200);
    await fire(mock, CONCURRENCY_LIMIT + 3, url);
    const before = mock.tasks.all().map(({ id }) => id);
    await received(CONCURRENCY_LIMIT);
    mock.reset();
    await fire(mock, CONCURRENCY_LIMIT + 3, url);
    expect(mock.tasks.all().map(({ id }) => id)).toEqual(before);
    await mock.settled();
    expect(attemptsOf(mock)).toEqual(Array(CONCURRENCY_LIMIT + 3).fill(['acknowledged']));
    expect(posts).toHaveLength(2 * CONCURRENCY_LIMIT + 3);
  });
});

describe('a response that waits for its callback', () => {
  it('is sent after it', async () => {
    const mock = await startMock({ speed: 1e6 });
    const { url, posts } = await receiver(500);
    const { body } = await runwayCalls(mock.url).generate(
      { callBackUrl: url },
      { 'x-mock-scenario': 'callback.before-response' },
    );
    expect([body.code, posts.length]).toEqual([200, 1]);
  });

  it('is not held back forever when a reset happens in between', async () => {
    // The callback is not due: the task waits for the slot of another one, on a virtual clock that is not advanced.
    const mock = await startMock({ concurrency: 1, queue: 1 });
    const { url, posts } = await receiver(200);
    const api = runwayCalls(mock.url);
    await api.generate();
    await mock.clock.advance('15s');
    const answered = api.generate({ callBackUrl: url }, { 'x-mock-scenario': 'callback.before-response' });
    await expect.poll(() => mock.tasks.all().length).toBe(2);
    mock.reset();
    expect((await answered).body.code).toBe(200);
    expect(posts).toHaveLength(0);
  });
});

/** The deliveries alone, with a courier that answers when the test lets it. */
function createAlone() {
  const samples = createSampleTasks();
  const { packs, journal, clock, tasks } = samples;
  const answers: ((result: AttemptResult) => void)[] = [];
  const ended: string[] = [];
  const deliveries = createDeliveries({
    clock,
    courier: {
      async post(_url, begin) {
        await begin();
        return new Promise<AttemptResult>((resolve) => void answers.push(resolve));
      },
    },
    journal,
    packs,
    isEndpointEnabled: () => true,
    policyOf: () => samplePolicy(),
    taskOf: tasks.get,
    secretOf: () => null,
    endpointSecret: () => null,
    tracing: null,
    userAgent: 'agent/1',
    onEnded: (_task, plan) => void ended.push(plan.taskId),
  });
  const task = samples.add({ instant: true });
  return { ...samples, deliveries, answers, ended, task, plan: task.plan };
}

const ANSWER: AttemptResult = {
  outcome: 'acknowledged',
  status: 200,
  firstByteMs: 1,
  durationMs: 1,
  answer: '',
  detail: null,
};

describe('a delivery', () => {
  it('is handed to the courier once it is due, and only once', async () => {
    const { deliveries, task, plan, answers } = createAlone();
    const dueAt = deliveries.nextAt(task, plan);
    if (dueAt === null) throw new Error('nothing is due');
    deliveries.start(task, plan, dueAt - 1);
    expect(deliveries.nextAt(task, plan)).toBe(dueAt);
    deliveries.start(task, plan, dueAt);
    deliveries.start(task, plan, dueAt);
    await expect.poll(() => answers.length).toBe(1);
    expect(deliveries.nextAt(task, plan)).toBeNull();
    expect(deliveries.isOpen(task, plan)).toBe(true);
  });

  it('is settled by an acknowledgement, and retried after a rejection', async () => {
    for (const isGood of [true, false]) {
      const { deliveries, task, plan, answers, ended, time } = createAlone();
      const first = deliveries.firstEnded(plan.taskId);
      deliveries.start(task, plan, time.at);
      await expect.poll(() => answers.length).toBe(1);
      answers[0]?.(isGood ? ANSWER : { ...ANSWER, outcome: 'rejected', status: 500 });
      await first;
      await deliveries.firstEnded(plan.taskId);
      expect(ended).toEqual([plan.taskId]);
      expect(deliveries.isOpen(task, plan)).toBe(!isGood);
      expect(deliveries.nextAt(task, plan)).toBe(isGood ? null : time.at + 30);
    }
  });

  it('has no attempt recorded when its task was removed in the meantime', async () => {
    const { deliveries, task, plan, answers, ended, time, journal, types } = createAlone();
    deliveries.start(task, plan, time.at);
    await expect.poll(() => answers.length).toBe(1);
    const first = deliveries.firstEnded(plan.taskId);
    journal.append({ type: 'task.forgotten', taskId: plan.taskId });
    answers[0]?.(ANSWER);
    await first;
    expect(ended).toEqual([]);
    expect(types()).not.toContain('attempt.ended');
  });

  it('is due again after an attempt that a crash cut short', () => {
    const { deliveries, task, plan, time, journal } = createAlone();
    // The entries of the previous run have the start of an attempt, which this run does not have in flight.
    const [delivery] = plan.callbacks;
    if (delivery === undefined) throw new Error('the plan has no callback');
    const { id: deliveryId, event, url } = delivery;
    const { taskId } = plan;
    journal.append({ type: 'attempt.started', taskId, deliveryId, event, n: 1, url, headers: {}, body: '' });
    deliveries.endInterrupted(task);
    expect(journal.entries({ type: 'attempt.ended' })).toMatchObject([
      { deliveryId, attempt: { n: 1, outcome: 'interrupted' } },
    ]);
    expect(deliveries.nextAt(task, plan)).toBe(time.at);
    expect(deliveries.isOpen(task, plan)).toBe(true);
  });
});
