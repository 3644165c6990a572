import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { announceEach, deliveryId, type PromiseInput, promiseCallbacks } from './promise-callbacks.ts';
import { sampleScenario } from './testing/sample-plan.ts';
import type { Announcement, CallbackFault, DeliveryFault } from './types.ts';

const URL = 'http://127.0.0.1:3000/callback';
const END = 9000;
const HALF = 4500;
const LATE = 600_000;

type Row = readonly [
  state: string,
  dueAt: number,
  after: string | null,
  flaw: DeliveryFault | null,
  retries: number | null,
];

function inputWith(callback: CallbackFault | null, change: Partial<PromiseInput> = {}): PromiseInput {
  return {
    announcement: { event: 'acme.clip', url: URL, signals: announceEach(['done', 'broken']) },
    steps: [
      { state: 'waiting', at: 0 },
      { state: 'working', at: 2000 },
      { state: 'done', at: END },
    ],
    scenario: sampleScenario({ callback }),
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

const PROMISED: readonly (readonly [CallbackFault | null, string, readonly Row[]])[] = [
  [null, 'one delivery at the end', [['done', END, null, null, null]]],
  ['never', 'none', []],
  ['late', 'one delivery long after the end', [['done', END + LATE, null, null, null]]],
  [
    'duplicate',
    'the same twice, the second after the first is settled',
    [
      ['done', END, null, null, null],
      ['done', END, 'd1', null, null],
    ],
  ],
  [
    'concurrent-duplicate',
    'the same twice at the same instant, without waiting for each other',
    [
      ['done', END, null, null, null],
      ['done', END, null, null, null],
    ],
  ],
  [
    'before-response',
    'one ordinary delivery, because the steps have the time',
    [['done', END, null, null, null]],
  ],
  [
    'lost-ack',
    'one delivery whose acknowledgement is lost, with the usual retries',
    [['done', END, null, 'lost-ack', null]],
  ],
  [
    'malformed',
    'one that is not JSON, sent once, then the valid one',
    [
      ['done', END, null, 'malformed', 0],
      ['done', END, 'd1', null, null],
    ],
  ],
  [
    'truncated',
    'one that is cut off, sent once, then the valid one',
    [
      ['done', END, null, 'truncated', 0],
      ['done', END, 'd1', null, null],
    ],
  ],
  [
    'forged',
    'a forged success halfway, sent once, and the genuine one at the end',
    [
      ['done', HALF, null, 'forged', 0],
      ['done', END, null, null, null],
    ],
  ],
];

describe('promised deliveries', () => {
  it.each(PROMISED)('with the callback fault %s are %s', (callback, _, expected) => {
    expect(rowsOf(inputWith(callback))).toStrictEqual(expected);
  });

  it.each(PROMISED)(
    'with the callback fault %s have the fault only in the last of several callbacks',
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

  it.each(PROMISED)('with the callback fault %s are empty if the request has no callback URL', (callback) => {
    expect(promiseCallbacks(inputWith(callback, { announcement: null }))).toStrictEqual([]);
  });

  it.each(PROMISED)(
    'with the callback fault %s are empty if the task never enters a state with a callback',
    (callback) => {
      const announcement = { event: 'acme.clip', url: URL, signals: announceEach(['broken']) };
      expect(promiseCallbacks(inputWith(callback, { announcement }))).toStrictEqual([]);
    },
  );

  it('claim success if they are forged, even for a task that fails', () => {
    const steps = [
      { state: 'waiting', at: 0 },
      { state: 'broken', at: END },
    ];
    expect(rowsOf(inputWith('forged', { steps }))).toStrictEqual([
      ['done', HALF, null, 'forged', 0],
      ['broken', END, null, null, null],
    ]);
  });

  it('have the URL of the request and the event', () => {
    const url = 'https://app.example/hook?a=1';
    const announcement = { event: 'acme.other', url, signals: announceEach(['working', 'done']) };
    for (const [callback, , single] of PROMISED) {
      const promised = promiseCallbacks(inputWith(callback, { announcement }));
      expect(promised).toHaveLength(callback === 'never' ? 0 : single.length + 1);
      for (const delivery of promised) expect(delivery).toMatchObject({ event: 'acme.other', url });
    }
  });

  it('are numbered from 1 and wait only for the previous one', () => {
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

describe('multiple signals of one state', () => {
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

  it('are one delivery each, in order, without retries for signals that are sent once', () => {
    expect(rowsOf(inputWith(null, { announcement }))).toStrictEqual([
      ...FIRST,
      ['done', END, 'd3', null, null],
    ]);
  });

  it('wait only for signals of the same state', () => {
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

  const FAULTY: readonly (readonly [CallbackFault, readonly Row[]])[] = [
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

  it.each(FAULTY)('with the callback fault %s have the fault only in the last one', (callback, last) => {
    expect(rowsOf(inputWith(callback, { announcement }))).toStrictEqual([...FIRST, ...last]);
  });

  it('send no callback for a state whose list of signals is empty', () => {
    const signals = new Map([...announcement.signals, ['done', []]]);
    expect(rowsOf(inputWith('duplicate', { announcement: { ...announcement, signals } }))).toStrictEqual([
      ['working', 2000, null, null, 0],
      ['working', 2000, 'd1', null, 0],
    ]);
  });
});
