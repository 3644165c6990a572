import { afterEach, describe, expect, it } from 'vitest';
import { openReceiver, type Reaction } from '../../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer } from '../../index.ts';
import { ENTRY_TYPES, type JournalEntry } from '../admin-types.ts';
import { choicesOf, filterLanes, NO_FILTER } from './filter.ts';
import { applyEntry, callbackOf, createLanes, type Lanes, stateOf } from './lanes.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function runTask(
  scenario: string,
  ...script: Reaction[]
): Promise<{ lanes: Lanes; mock: MockServer; entries: JournalEntry[] }> {
  const receiver = await openReceiver(...script);
  const mock = await createMockServer({ clock: 'virtual', seed: 7, ackTimeout: 50 }).listen();
  open.push(receiver, mock);
  await mock.tasks.trigger('runway.generate', { to: receiver.url, scenario });
  await mock.clock.advance('1h');
  const entries = mock.journal.entries() as unknown as JournalEntry[];
  const lanes = createLanes();
  for (const entry of entries) applyEntry(lanes, entry);
  return { lanes, mock, entries };
}

describe('the lanes', () => {
  it('show a task as the mock reports it', async () => {
    const { lanes, mock } = await runTask('success', 500, 'redirect', 200);
    const [task] = mock.tasks.all();
    const [lane] = lanes.list;
    expect(lanes.list).toHaveLength(1);
    expect(lane).toMatchObject({ id: task?.id, pack: 'runway', scenario: 'success' });
    expect(lane === undefined ? '' : stateOf(lane)).toBe(task?.state);
    expect(lane?.changes.map(({ state }) => state)).toEqual(task?.timeline.map(({ state }) => state));
    expect(lane?.marks.map(({ kind }) => kind)).toEqual(['rejected', 'rejected', 'acknowledged']);
    expect(lane?.ended?.outcome).toEqual({ type: 'success' });
  });

  it('mark an abandoned callback and the result of each attempt', async () => {
    const { lanes } = await runTask('fail.nsfw', 'hang', 'reset', 500, 'hang');
    const [lane] = lanes.list;
    expect(lane?.marks.map(({ kind }) => kind)).toEqual([
      'timeout',
      'failed',
      'rejected',
      'timeout',
      'abandoned',
    ]);
    expect(lane === undefined ? '' : callbackOf(lane)).toBe('abandoned');
    expect(lane?.ended?.outcome).toEqual({ type: 'failure', slug: 'nsfw' });
  });

  it('apply each entry once, even when it is received again', async () => {
    const { lanes, entries } = await runTask('success', 200);
    const before = structuredClone(lanes.list);
    for (const entry of entries) expect(applyEntry(lanes, entry)).toBe(false);
    expect(lanes.list).toEqual(before);
  });

  it('are empty after a reset, with the time of the start', async () => {
    const { lanes, mock, entries } = await runTask('success', 200);
    mock.reset();
    for (const entry of mock.journal.entries() as unknown as JournalEntry[]) applyEntry(lanes, entry);
    expect(lanes.list).toEqual([]);
    expect(lanes.at).toBe(Date.parse(entries[0]?.at ?? ''));
  });

  it('know every type of entry in a journal', async () => {
    const { entries } = await runTask('success', 200);
    expect(entries.filter(({ type }) => !ENTRY_TYPES.includes(type))).toEqual([]);
  });
});

describe('a filter', () => {
  it('shows matching tasks, and lists the values that occur', async () => {
    const { lanes } = await runTask('fail.nsfw', 200);
    const all = lanes.list;
    expect(choicesOf(all)).toMatchObject({ pack: ['runway'], scenario: ['fail.nsfw'], state: ['fail'] });
    expect(filterLanes(all, { ...NO_FILTER, state: 'fail', text: 'NSFW' })).toEqual(all);
    for (const other of [
      { pack: 'luma' },
      { state: 'wait' },
      { scenario: 'success' },
      { account: 'x' },
      { text: 'cat' },
    ]) {
      expect(filterLanes(all, { ...NO_FILTER, ...other })).toEqual([]);
    }
  });

  it('finds a task by an id that its client chose', async () => {
    const { lanes, entries } = await runTask('success', 200);
    const named = createLanes();
    for (const entry of entries) {
      const plan = entry.type === 'task.submitted' ? { ...entry.plan, aliases: ['Storm-7'] } : null;
      applyEntry(named, (plan === null ? entry : { ...entry, plan }) as JournalEntry);
    }
    const filter = { ...NO_FILTER, text: 'storm-7' };
    expect(filterLanes(named.list, filter)).toHaveLength(1);
    expect(filterLanes(lanes.list, filter)).toEqual([]);
  });
});
