import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../../fixtures/clients/runway-calls.ts';
import { openReceiver, type Reaction } from '../../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer, type MockServerOptions } from '../../index.ts';
import {
  type Clock,
  ENTRY_TYPES,
  type JournalEntry,
  type PackFacts,
  type Snapshot,
  type Task,
} from '../admin-types.ts';
import { detailOf } from './lane-words.ts';
import { createLanes, type Lane, type Lanes, stateOf, statusOf } from './lanes.ts';
import { nextOf } from './plan-ahead.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

interface Run {
  readonly mock: MockServer;
  readonly entries: () => JournalEntry[];
  readonly lanes: Lanes;
  /** The only task. */
  readonly lane: () => Lane;
}

async function submitted(
  scenario: string,
  script: readonly Reaction[],
  options: MockServerOptions = {},
): Promise<Run> {
  const receiver = await openReceiver(...script);
  const mock = await createMockServer({
    ...{ clock: 'virtual', seed: 7, ackTimeout: 50, only: ['runway'] },
    ...options,
  } as MockServerOptions).listen();
  open.push(receiver, mock);
  await runwayCalls(mock.url).generate({ callBackUrl: receiver.url }, { 'x-mock-scenario': scenario });
  const [pack] = await ask<PackFacts[]>(mock, 'packs');
  const lanes = createLanes({
    rulesOf: (_pack, event) => pack?.delivery.find((rules) => rules.event === event),
    promptIn: () => 'A cat',
  });
  const entries = () => mock.journal.entries() as unknown as JournalEntry[];
  const lane = () => {
    for (const entry of entries()) lanes.apply(entry);
    const [only] = lanes.list;
    if (only === undefined) throw new Error('the task is missing');
    return only;
  };
  return { mock, entries, lanes, lane };
}

async function ask<Answer>(mock: MockServer, path: string): Promise<Answer> {
  return (await (await fetch(`${mock.url}/__admin/${path}`)).json()) as Answer;
}

const FAULTS = [
  'duplicate',
  'concurrent-duplicate',
  'lost-ack',
  'malformed',
  'truncated',
  'forged',
  'never',
  'late',
];

describe('the lanes', () => {
  it('show a task as the mock reports it', async () => {
    const { mock, lane } = await submitted('success', [500, 'redirect', 200]);
    await mock.clock.advance('1h');
    const [task] = mock.tasks.all();
    const shown = lane();
    expect(shown).toMatchObject({ id: task?.id, pack: 'runway', scenario: 'success', outcome: 'success' });
    expect(stateOf(shown)).toBe(task?.state);
    expect(shown.changes.map(({ state }) => state)).toEqual(task?.timeline.map(({ state }) => state));
    expect(shown.deliveries[0]?.attempts.map(({ outcome }) => outcome)).toEqual([
      ...['rejected', 'redirect', 'acknowledged'],
    ]);
    expect(shown.endedAt).toBe(Date.parse(String(task?.timeline.at(-1)?.at)));
  });

  it.each(FAULTS.map((fault) => `callback.${fault}`))(
    'are the same from the stream and from a snapshot, and as in the report: %s',
    async (scenario) => {
      const { mock, lanes, lane } = await submitted(scenario, [500, 200]);
      await mock.clock.advance('1h');
      const streamed = lane();
      const snapshot = await ask<Snapshot>(mock, 'snapshot');
      const [pack] = await ask<PackFacts[]>(mock, 'packs');
      const loaded = createLanes({ promptIn: () => '', rulesOf: () => pack?.delivery[0] });
      loaded.load(snapshot);
      const comparable = ({ text: _text, prompt: _prompt, deliveries, ...facts }: Lane) => ({
        ...facts,
        deliveries: deliveries.map(({ after: _after, attempts, ...rest }) => ({
          ...rest,
          attempts: attempts.map(({ endedAt, ...span }) => ({ ...span, hasEnded: endedAt !== null })),
        })),
      });
      expect(loaded.list.map(comparable)).toEqual([comparable(streamed)]);
      expect([loaded.seq, loaded.total]).toEqual([lanes.seq, 1]);
      const task = await ask<Task>(mock, `tasks/${streamed.id}`);
      expect(streamed.deliveries.map(({ id, why }) => [id, why])).toEqual(
        task.deliveries.map(({ id, why }) => [id, why]),
      );
    },
  );

  it('take further entries after a snapshot, and ignore those that it includes', async () => {
    const { mock, lane } = await submitted('success', [500, 200]);
    const loaded = createLanes();
    loaded.load({ ...(await ask<Snapshot>(mock, 'snapshot')), seq: 0 });
    await mock.clock.advance('1h');
    const streamed = lane();
    for (const entry of mock.journal.entries() as unknown as JournalEntry[]) loaded.apply(entry);
    expect(loaded.list).toHaveLength(1);
    expect(loaded.list[0]).toMatchObject({ status: streamed.status, changes: streamed.changes });
    expect(loaded.list[0]?.deliveries[0]?.attempts.map(({ n }) => n)).toEqual([1, 2]);
    expect(loaded.total).toBe(1);
  });

  it('apply each entry once, even when it is received again', async () => {
    const { lanes, lane, entries } = await submitted('success', [200]);
    const before = lane();
    for (const entry of entries()) expect(lanes.apply(entry)).toBe(false);
    expect(lanes.list).toEqual([before]);
  });

  it('are replaced and never changed, so that a frozen page does not change', async () => {
    const { mock, lane, lanes } = await submitted('success', [500, 200]);
    lane();
    const frozen = lanes.list;
    const before = structuredClone(frozen);
    await mock.clock.advance('1h');
    expect(lane()).not.toEqual(before[0]);
    expect(frozen).toEqual(before);
    expect(lanes.list).not.toBe(frozen);
  });

  it('are empty after a reset, with the time of the start', async () => {
    const { lanes, lane, mock, entries } = await submitted('success', [200]);
    const started = lane().submittedAt;
    mock.reset();
    for (const entry of entries()) lanes.apply(entry);
    expect([lanes.list, lanes.total, lanes.at]).toEqual([[], 0, started]);
  });

  it('know every type of entry in a journal', async () => {
    const { mock, entries } = await submitted('success', [200]);
    await mock.clock.advance('1h');
    expect(entries().filter(({ type }) => !ENTRY_TYPES.includes(type))).toEqual([]);
  });
});

describe('the delivery status', () => {
  it('is waiting, then in flight with the time limit, then retrying with the next attempt, then acknowledged', async () => {
    const { mock, lane } = await submitted('success', ['hang', 200], { ackTimeout: '1h' });
    expect(statusOf(lane())).toBe('waiting');
    const isStarted = () => lane().status === 'in flight';
    const moving = mock.clock.advance('1m');
    await expect.poll(isStarted).toBe(true);
    const [span] = lane().deliveries[0]?.attempts ?? [];
    expect(span).toMatchObject({ n: 1, endedAt: null, outcome: null, timeoutMs: 3_600_000 });
    const wallNow = (span?.startedWallAt ?? 0) + 4200;
    expect(detailOf(lane(), { now: 0, wallNow })).toBe('4.2 of 60 min');
    await mock.close();
    await moving.catch(() => undefined);
  });

  it('is retrying between two attempts, and says when the next one is due', async () => {
    const { mock, lane } = await submitted('success', [500, 200]);
    await mock.clock.advance('60s');
    const shown = lane();
    expect(shown.status).toBe('retrying');
    const { next } = await ask<Clock>(mock, 'clock');
    expect(shown.deliveries[0]?.nextAttemptAt).toBe(Date.parse(next?.at ?? ''));
    expect(nextOf([shown], mock.clock.now().getTime())).toEqual({ ...next, at: Date.parse(next?.at ?? '') });
    expect(detailOf(shown, { now: (shown.deliveries[0]?.nextAttemptAt ?? 0) - 4000, wallNow: 0 })).toBe(
      'HTTP 500, next in 4 s',
    );
    await mock.clock.advance('1h');
    expect(statusOf(lane())).toBe('acknowledged');
  });

  it('is abandoned after the last attempt, although the task succeeded', async () => {
    const { mock, lane } = await submitted('success', ['hang', 'reset', 500, 'hang']);
    await mock.clock.advance('1h');
    const shown = lane();
    expect([shown.status, shown.outcome]).toEqual(['abandoned', 'success']);
    expect(shown.deliveries[0]?.attempts.map(({ outcome }) => outcome)).toEqual([
      ...['timeout', 'reset', 'rejected', 'timeout'],
    ]);
    expect(detailOf(shown, { now: 0, wallNow: 0 })).toBe('4 attempts, timed out');
  });

  it('is acknowledged again after a callback that was abandoned was sent again', async () => {
    const { mock, lane } = await submitted('success', [500, 500, 500, 500, 200]);
    await mock.clock.advance('1h');
    expect(lane().status).toBe('abandoned');
    await mock.tasks.redeliver(lane().id);
    await mock.clock.advance('1m');
    expect(lane()).toMatchObject({ status: 'acknowledged', deliveries: [{}, { why: 'redelivered' }] });
  });

  it('names a duplicate, and does not count the rejection of a forged callback', async () => {
    const twice = await submitted('callback.duplicate', [200]);
    await twice.mock.clock.advance('1h');
    expect(detailOf(twice.lane(), { now: 0, wallNow: 0 })).toBe('sent twice · callback.duplicate');
    const forged = await submitted('callback.forged', [401, 200]);
    await forged.mock.clock.advance('1h');
    expect(forged.lane()).toMatchObject({
      status: 'acknowledged',
      deliveries: [{ status: 'abandoned' }, {}],
    });
  });

  it('is "no callback" for a task without one', async () => {
    const { lane } = await submitted('callback.never', [200]);
    expect(statusOf(lane())).toBe('no callback');
  });
});
