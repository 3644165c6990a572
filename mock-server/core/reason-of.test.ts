import { describe, expect, it } from 'vitest';
import { reasonOf } from './reason-of.ts';

const delivery = (id: string, more: object = {}) => ({
  ...{ id, event: 'e', state: 'done', url: 'http://h/', flaw: null },
  ...more,
});
const reasons = (
  callback: string | null,
  planned: readonly ReturnType<typeof delivery>[],
  added: readonly ReturnType<typeof delivery>[] = [],
) => [...planned, ...added].map((one) => reasonOf(one, { planned, added, callback }));

describe('the reason for a delivery', () => {
  it('is the state of the task for each signal of a usual task', () => {
    expect(reasons(null, [delivery('d1'), delivery('d2'), delivery('d3')])).toEqual(Array(3).fill('outcome'));
  });

  it.each(['duplicate', 'concurrent-duplicate'])(
    'is a duplicate for the last one with callback.%s',
    (fault) => {
      expect(reasons(fault, [delivery('d1'), delivery('d2'), delivery('d3')])).toEqual([
        ...['outcome', 'outcome', 'duplicate'],
      ]);
    },
  );

  it('is a duplicate at each of several URLs, and never for a handshake', () => {
    const other = { url: 'http://other/' };
    const planned = [
      delivery('d1', { kind: 'handshake' }),
      ...[delivery('d2'), delivery('d3'), delivery('d4', other), delivery('d5', other)],
    ];
    expect(reasons('duplicate', planned)).toEqual([
      'outcome',
      'outcome',
      'duplicate',
      'outcome',
      'duplicate',
    ]);
  });

  it('is the fault of a forged or unreadable callback, but not of the genuine one after it', () => {
    expect(reasons('forged', [delivery('d1', { flaw: 'forged' }), delivery('d2')])).toEqual([
      'forged',
      'outcome',
    ]);
    for (const flaw of ['malformed', 'truncated'])
      expect(reasons(flaw, [delivery('d1', { flaw }), delivery('d2')])).toEqual(['malformed', 'outcome']);
    expect(reasons('lost-ack', [delivery('d1', { flaw: 'lost-ack' })])).toEqual(['outcome']);
  });

  it('is the fault of a forged one even when a command sends it', () => {
    expect(reasons(null, [delivery('d1')], [delivery('d2', { flaw: 'forged' })])).toEqual([
      'outcome',
      'forged',
    ]);
  });

  it('is a command for one that was added later, unless a registered endpoint gets it for the first time', () => {
    const endpoint = { endpoint: 'e1' };
    expect(reasons(null, [delivery('d1')], [delivery('d2')])).toEqual(['outcome', 'redelivered']);
    expect(
      reasons(
        null,
        [],
        [
          delivery('d1', { ...endpoint, state: 'running' }),
          delivery('d2', endpoint),
          delivery('d3', endpoint),
        ],
      ),
    ).toEqual(['outcome', 'outcome', 'redelivered']);
  });
});
