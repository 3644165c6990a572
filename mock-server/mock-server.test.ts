import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { createMockServer, type JournalEntry, type MockServer } from './index.ts';

let mock: MockServer;
beforeEach(() => {
  mock = createMockServer({ clock: 'virtual' });
});
afterEach(() => mock.close());

describe('journal.entries()', () => {
  it('returns entries of the selected type, with the fields of this type', async () => {
    await mock.clock.advance('1s');
    mock.scenarios.enqueue('success');
    const moves = mock.journal.entries({ type: 'clock.moved' });
    expectTypeOf(moves).toEqualTypeOf<Extract<JournalEntry, { readonly type: 'clock.moved' }>[]>();
    expect(moves.map(({ fromAt, toAt }) => Date.parse(toAt) - Date.parse(fromAt))).toEqual([1000]);

    const served = mock.journal.entries({ type: 'media.served', since: 0 });
    expectTypeOf(served[0]?.bytesSent).toEqualTypeOf<number | undefined>();
    expect(served).toEqual([]);
  });

  it('returns entries of all types without a type', async () => {
    await mock.clock.advance('1s');
    mock.scenarios.enqueue('success');
    const all = mock.journal.entries();
    expectTypeOf(all).toEqualTypeOf<JournalEntry[]>();
    expectTypeOf(mock.journal.entries({ since: 1 })).toEqualTypeOf<JournalEntry[]>();
    expect(all.map(({ type }) => type)).toEqual(['clock.moved', 'scenario.queued']);
  });

  it('accepts a type that is only known when the program runs', () => {
    const type: string = JSON.parse('"clock.moved"');
    expectTypeOf(mock.journal.entries({ type })).toEqualTypeOf<JournalEntry[]>();
    expect(mock.journal.entries({ type })).toEqual([]);
  });
});

describe('the members for other folders of the package', () => {
  it('are not public', () => {
    expectTypeOf<MockServer['tasks']>().not.toHaveProperty('stage');
    expectTypeOf<MockServer['tasks']>().not.toHaveProperty('compose');
    expect(Object.keys(mock.tasks).sort()).toEqual(['all', 'amend', 'count', 'get', 'redeliver', 'trigger']);
  });
});
