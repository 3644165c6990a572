import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { mockAndReceiver } from '../../fixtures/mock-and-receiver.ts';
import type { Reaction } from '../../fixtures/receivers/scripted-receiver.ts';
import type { JournalEntry, MockServer } from '../index.ts';

/** As many as the courier lets go to one receiver at a time. */
const AT_A_TIME = 128;

const { startMock, receiver, closeAll } = mockAndReceiver({ grace: 0 });
afterEach(closeAll);

/** Tasks that end at once, each with a callback that is due. */
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

describe('more callbacks than a receiver is sent at a time', () => {
  it('begin when it is their turn: not one is written down, stamped or signed before', async () => {
    const mock = await startMock({ ackTimeout: 2000, retries: 0, secret: 'key' });
    const { url } = await receiver('hang');
    await fire(mock, AT_A_TIME + 2, url);
    await mock.settled();
    const starts = startsOf(mock);
    const [firstAt = 0, ...startedAt] = starts.map(({ wallAt }) => Date.parse(wallAt));
    expect(starts).toHaveLength(AT_A_TIME + 2);
    const waitedMs = (startedAt.at(-1) ?? 0) - firstAt;
    expect(waitedMs).toBeGreaterThanOrEqual(1900);
    // A stamp has no fractions of a second, so it may look one second older than it is.
    const stampedAt = starts.map(({ headers }) => Number(headers['X-Webhook-Timestamp']) * 1000);
    expect(Math.min(...stampedAt.slice(AT_A_TIME)) + 1000).toBeGreaterThan(firstAt + waitedMs / 2);
    expect(attemptsOf(mock)).toEqual(Array(AT_A_TIME + 2).fill(['timeout']));
  });

  it('are not begun any more when the mock stops, and stay pending', async () => {
    const mock = await startMock();
    const { url, received } = await receiver('hang');
    await fire(mock, AT_A_TIME + 3, url);
    await received(AT_A_TIME);
    await mock.close();
    expect(attemptsOf(mock)).toEqual([...Array(AT_A_TIME).fill(['interrupted']), [], [], []]);
    expect(mock.journal.entries({ type: 'attempt.ended' })).toHaveLength(AT_A_TIME);
  });

  it('are forgotten by a reset, and do not stand in the way of the same tasks after it', async () => {
    const mock = await startMock();
    const { url, posts, received } = await receiver(...Array<Reaction>(AT_A_TIME).fill('hang'), 200);
    await fire(mock, AT_A_TIME + 3, url);
    const before = mock.tasks.all().map(({ id }) => id);
    await received(AT_A_TIME);
    mock.reset();
    await fire(mock, AT_A_TIME + 3, url);
    expect(mock.tasks.all().map(({ id }) => id)).toEqual(before);
    await mock.settled();
    expect(attemptsOf(mock)).toEqual(Array(AT_A_TIME + 3).fill(['acknowledged']));
    expect(posts).toHaveLength(2 * AT_A_TIME + 3);
  });
});

describe('an answer that waits for its callback', () => {
  it('comes after it', async () => {
    const mock = await startMock({ speed: 1e6 });
    const { url, posts } = await receiver(500);
    const { body } = await runwayCalls(mock.url).generate(
      { callBackUrl: url },
      { 'x-mock-scenario': 'callback.before-response' },
    );
    expect([body.code, posts.length]).toEqual([200, 1]);
  });

  it('is not kept for ever when a reset comes in between', async () => {
    // The callback is far away: the task waits for the slot of another one, on a clock that stands still.
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
