import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { announceEach, deliveryId, type PromiseInput, promiseCallbacks } from './promise-callbacks.ts';
import type { Announcement, CallbackTwist, DeliveryFlaw, Scenario } from './types.ts';

const URL = 'http://127.0.0.1:3000/callback';
const END = 9000;
const HALF = 4500;
const LATE = 600_000;

type Row = readonly [
  state: string,
  dueAt: number,
  after: string | null,
  flaw: DeliveryFlaw | null,
  retries: number | null,
];

function scenarioWith(callback: CallbackTwist | null): Scenario {
  return {
    name: 'any',
    failure: null,
    submit: null,
    polls: [],
    hidden: false,
    callback,
    media: null,
    course: null,
  };
}

function inputWith(callback: CallbackTwist | null, change: Partial<PromiseInput> = {}): PromiseInput {
  return {
    announcement: { event: 'acme.clip', url: URL, signals: announceEach(['done', 'broken']) },
    steps: [
      { state: 'waiting', at: 0 },
      { state: 'working', at: 2000 },
      { state: 'done', at: END },
    ],
    scenario: scenarioWith(callback),
    ends: { success: 'done', failure: 'broken', failures: {}, abandoned: null, canceled: null },
    lateByMs: LATE,
    ...change,
  };
}

function rowsOf(input: PromiseInput): Row[] {
  return promiseCallbacks(input).map(({ state, dueAt, after, flaw, retries }) => [
    state,
    dueAt,
    after,
    flaw,
    retries,
  ]);
}

const PROMISED: readonly (readonly [CallbackTwist | null, string, readonly Row[]])[] = [
  [null, 'one delivery at the end', [['done', END, null, null, null]]],
  ['never', 'none', []],
  ['late', 'one delivery long after the end', [['done', END + LATE, null, null, null]]],
  [
    'duplicate',
    'the same twice, the second once the first is settled',
    [
      ['done', END, null, null, null],
      ['done', END, 'd1', null, null],
    ],
  ],
  [
    'concurrent-duplicate',
    'the same twice at the same instant, neither waiting for the other',
    [
      ['done', END, null, null, null],
      ['done', END, null, null, null],
    ],
  ],
  ['before-response', 'one plain delivery: its time lies in the steps', [['done', END, null, null, null]]],
  [
    'lost-ack',
    'one delivery whose acknowledgement is lost, retried as ever',
    [['done', END, null, 'lost-ack', null]],
  ],
  [
    'malformed',
    'one that is no JSON, sent once, then the good one',
    [
      ['done', END, null, 'malformed', 0],
      ['done', END, 'd1', null, null],
    ],
  ],
  [
    'truncated',
    'one that is cut off, sent once, then the good one',
    [
      ['done', END, null, 'truncated', 0],
      ['done', END, 'd1', null, null],
    ],
  ],
  [
    'forged',
    'a forged success half-way, sent once, and the good one at the end',
    [
      ['done', HALF, null, 'forged', 0],
      ['done', END, null, null, null],
    ],
  ],
];

describe('the deliveries promised', () => {
  it.each(PROMISED)('with the twist %s are %s', (callback, _, expected) => {
    expect(rowsOf(inputWith(callback))).toStrictEqual(expected);
  });

  it.each(PROMISED)(
    'with the twist %s twist the last announcement alone, when there are several',
    (callback, _, single) => {
      const announcement = {
        event: 'acme.clip',
        url: URL,
        signals: announceEach(['working', 'done', 'broken']),
      };
      const shifted = single.map(([state, dueAt, after, flaw, retries]) => [
        state,
        dueAt,
        after === null ? null : 'd2',
        flaw,
        retries,
      ]);
      const expected = callback === 'never' ? [] : [['working', 2000, null, null, null], ...shifted];
      expect(rowsOf(inputWith(callback, { announcement }))).toStrictEqual(expected);
    },
  );

  it.each(PROMISED)('with the twist %s are none when the request named no callback URL', (callback) => {
    expect(promiseCallbacks(inputWith(callback, { announcement: null }))).toStrictEqual([]);
  });

  it.each(PROMISED)('with the twist %s are none when no state on the way is announced', (callback) => {
    const announcement = { event: 'acme.clip', url: URL, signals: announceEach(['broken']) };
    expect(promiseCallbacks(inputWith(callback, { announcement }))).toStrictEqual([]);
  });

  it('claim success when they are forged, also for a task that fails', () => {
    const steps = [
      { state: 'waiting', at: 0 },
      { state: 'broken', at: END },
    ];
    expect(rowsOf(inputWith('forged', { steps }))).toStrictEqual([
      ['done', HALF, null, 'forged', 0],
      ['broken', END, null, null, null],
    ]);
  });

  it('all go to the URL of the request and carry the event', () => {
    const url = 'https://app.example/hook?a=1';
    const announcement = { event: 'acme.other', url, signals: announceEach(['working', 'done']) };
    for (const [callback, , single] of PROMISED) {
      const promised = promiseCallbacks(inputWith(callback, { announcement }));
      expect(promised).toHaveLength(callback === 'never' ? 0 : single.length + 1);
      for (const delivery of promised) expect(delivery).toMatchObject({ event: 'acme.other', url });
    }
  });

  it('are numbered from 1, and wait only for one that stands before them', () => {
    const someSteps = fc
      .array(fc.nat(100), { minLength: 1, maxLength: 6 })
      .map((times) => times.sort((a, b) => a - b).map((at, index) => ({ state: `s${index % 3}`, at })));
    const announcement = { event: 'acme.clip', url: URL, signals: announceEach(['s0', 's2']) };
    fc.assert(
      fc.property(
        fc.constantFrom(...PROMISED.map(([callback]) => callback)),
        someSteps,
        (callback, steps) => {
          const promised = promiseCallbacks(inputWith(callback, { announcement, steps }));
          expect(promised.map(({ id }) => id)).toStrictEqual(
            promised.map((_, index) => deliveryId(index + 1)),
          );
          promised.forEach(({ after }, index) => {
            if (after !== null) expect(after).toBe(deliveryId(index));
          });
        },
      ),
    );
  });
});

describe('several signals of one state', () => {
  const once = (name: string) => ({ name, retried: false });
  const repeated = (name: string) => ({ name, retried: true });
  const announcement: Announcement = {
    event: 'acme.clip',
    url: URL,
    signals: new Map([
      ['working', [once('begun')]],
      ['done', [once('result'), once('log'), repeated('end')]],
    ]),
  };
  const FIRST: readonly Row[] = [
    ['working', 2000, null, null, 0],
    ['done', END, null, null, 0],
    ['done', END, 'd2', null, 0],
  ];

  it('are one delivery each, in order, each after the one before; those sent once have no retries', () => {
    expect(rowsOf(inputWith(null, { announcement }))).toStrictEqual([
      ...FIRST,
      ['done', END, 'd3', null, null],
    ]);
  });

  it('wait for those of their own state alone', () => {
    const signals = new Map([...announcement.signals, ['working', [once('begun'), once('log')]]]);
    const rows = rowsOf(inputWith(null, { announcement: { ...announcement, signals } }));
    expect(rows.map(([state, , after]) => [state, after])).toStrictEqual([
      ['working', null],
      ['working', 'd1'],
      ['done', null],
      ['done', 'd3'],
      ['done', 'd4'],
    ]);
  });

  const TWISTED: readonly (readonly [CallbackTwist, readonly Row[]])[] = [
    ['late', [['done', END + LATE, 'd3', null, null]]],
    [
      'duplicate',
      [
        ['done', END, 'd3', null, null],
        ['done', END, 'd4', null, null],
      ],
    ],
    [
      'concurrent-duplicate',
      [
        ['done', END, 'd3', null, null],
        ['done', END, 'd3', null, null],
      ],
    ],
    ['before-response', [['done', END, 'd3', null, null]]],
    ['lost-ack', [['done', END, 'd3', 'lost-ack', null]]],
    [
      'malformed',
      [
        ['done', END, 'd3', 'malformed', 0],
        ['done', END, 'd4', null, null],
      ],
    ],
    [
      'truncated',
      [
        ['done', END, 'd3', 'truncated', 0],
        ['done', END, 'd4', null, null],
      ],
    ],
    [
      'forged',
      [
        ['done', HALF, null, 'forged', 0],
        ['done', END, 'd3', null, null],
      ],
    ],
  ];

  it.each(TWISTED)('with the twist %s twist the last of them alone', (callback, last) => {
    expect(rowsOf(inputWith(callback, { announcement }))).toStrictEqual([...FIRST, ...last]);
  });

  it('that are none for a state announce nothing of it', () => {
    const signals = new Map([...announcement.signals, ['done', []]]);
    expect(rowsOf(inputWith('duplicate', { announcement: { ...announcement, signals } }))).toStrictEqual([
      ['working', 2000, null, null, 0],
      ['working', 2000, 'd1', null, 0],
    ]);
  });
});
