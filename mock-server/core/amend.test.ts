import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { type AmendInput, amendOutcome, amendStart } from './amend.ts';
import { endState, planTask } from './plan.ts';
import { announceEach, deliveryId, nextDeliveryNumber } from './promise-callbacks.ts';
import { CALLBACK_FAULTS as ALL_FAULTS, sampleRules, sampleScenario } from './testing/sample-plan.ts';
import type { Account, Announcement, CallbackFault, Outcome, Plan, Scenario } from './types.ts';
import { viewTask } from './view.ts';

const RULES = sampleRules({
  steps: [
    { state: 'ready', minMs: 1000, maxMs: 3000, waitsForSlot: false, holdsSlot: false },
    { state: 'waiting', minMs: 0, maxMs: 8000, waitsForSlot: true, holdsSlot: false },
    { state: 'working', minMs: 30_000, maxMs: 50_000, waitsForSlot: false, holdsSlot: true },
    { state: 'storing', minMs: 0, maxMs: 5000, waitsForSlot: false, holdsSlot: true },
  ],
  ends: {
    success: 'done',
    failure: 'broken',
    failures: { nsfw: 'refused' },
    abandoned: null,
    canceled: 'stopped',
  },
});
const CALLBACK_FAULTS = ALL_FAULTS.filter((fault) => fault !== 'before-response');
const OUTCOMES: readonly Outcome[] = [
  { type: 'success' },
  { type: 'failure', slug: 'nsfw' },
  { type: 'failure', slug: 'internal' },
  { type: 'canceled' },
];

const announce = (...states: string[]): Announcement => ({
  event: 'acme.clip',
  url: 'http://127.0.0.1:3000/callback',
  signals: announceEach(states),
});
const AT_THE_END = announce('done', 'broken', 'refused', 'stopped');
const ON_THE_WAY = announce('working', 'done', 'broken', 'refused', 'stopped');

interface Given {
  readonly scenario: Scenario;
  readonly announcement: Announcement | null;
  readonly seed: string;
  readonly submittedAt: number;
  readonly speed: number;
  /** When the only slot of the account becomes free; null without a limit. */
  readonly slotAt: number | null;
}

function planGiven({ slotAt, ...given }: Given): Plan {
  const taken = [{ readyAt: 0, fromAt: 0, untilAt: slotAt ?? 0 }];
  return planTask({
    ...given,
    rules: RULES,
    operation: 'make-clip',
    account: 'key-1' as Account,
    request: { prompt: 'a cat' },
    pathParams: null,
    parentId: null,
    origin: 'http://127.0.0.1:4010',
    instant: false,
    capacity: slotAt === null ? null : { slots: 1, queue: 1, taken },
  });
}

const someGiven: fc.Arbitrary<Given> = fc
  .record({
    scenario: fc
      .record({
        failure: fc.constantFrom(null, 'internal'),
        callback: fc.constantFrom(...CALLBACK_FAULTS),
        media: fc.constantFrom(null, 'expired' as const),
      })
      .map(sampleScenario),
    announcement: fc.constantFrom(null, AT_THE_END, ON_THE_WAY, announce('ready', 'waiting', 'done')),
    seed: fc.string(),
    submittedAt: fc.nat(1_000_000_000),
    speed: fc.constantFrom(0.5, 1, 20),
    waitMs: fc.option(fc.nat(200_000)),
  })
  .map(({ waitMs, ...rest }) => ({ ...rest, slotAt: waitMs === null ? null : rest.submittedAt + waitMs }));

/** A running task that is amended at some moment, including the edges of its steps. */
const someAmendment: fc.Arbitrary<AmendInput> = someGiven.chain((given) => {
  const plan = planGiven(given);
  const endsAt = endOf(plan).at;
  const running = (at: number): number => Math.min(Math.max(at, plan.submittedAt), endsAt - 1);
  const edges = [...plan.steps.map(({ at }) => at), ...plan.callbacks.map(({ dueAt }) => dueAt)];
  return fc.record({
    plan: fc.constant(plan),
    rules: fc.constant(RULES),
    announcement: fc.constant(given.announcement),
    outcome: fc.constantFrom(...OUTCOMES),
    now: fc.oneof(
      fc.constantFrom(...edges).map(running),
      fc.integer({ min: plan.submittedAt, max: endsAt - 1 }),
    ),
    speed: fc.constant(given.speed),
  });
});

function endOf({ steps }: Plan): { readonly state: string; readonly at: number } {
  return steps.at(-1) ?? { state: 'no steps', at: Number.NaN };
}

function timesOf({ steps }: Plan): number[] {
  return steps.map(({ at }) => at);
}

describe('a plan whose outcome is amended', () => {
  it('keeps the steps so far and ends now in the state of the new outcome', () => {
    fc.assert(
      fc.property(someAmendment, (input) => {
        const { plan, now, outcome } = input;
        const amended = amendOutcome(input);
        const past = plan.steps.filter(({ at }) => at <= now);
        expect(amended.steps).toStrictEqual([...past, { state: endState(RULES.ends, outcome), at: now }]);
        expect(amended.outcome).toStrictEqual(outcome);
      }),
    );
  });

  it('has the same view at every earlier moment and a finished one from now on', () => {
    fc.assert(
      fc.property(someAmendment, fc.nat(100_000), (input, agoMs) => {
        const { plan, now, outcome } = input;
        const amended = amendOutcome(input);
        const earlier = Math.max(plan.submittedAt, now - agoMs);
        if (earlier < now) expect(viewTask(amended, earlier).state).toBe(viewTask(plan, earlier).state);
        expect(viewTask(amended, now)).toMatchObject({ outcome, finishedAt: now, progress: 1 });
      }),
    );
  });

  it('keeps all other properties of the task and does not modify the original plan', () => {
    fc.assert(
      fc.property(someAmendment, (input) => {
        const changed = { steps: null, outcome: null, slot: null, mediaExpiresAt: null, callbacks: null };
        const before = structuredClone(input.plan);
        expect({ ...amendOutcome(input), ...changed }).toStrictEqual({ ...before, ...changed });
        expect(input.plan).toStrictEqual(before);
      }),
    );
  });

  it('gives every delivery a unique id, and each waits only for an earlier delivery', () => {
    fc.assert(
      fc.property(someAmendment, (input) => {
        const { callbacks } = amendOutcome(input);
        const ids = callbacks.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        callbacks.forEach(({ after }, index) => {
          if (after !== null) expect(ids.slice(0, index)).toContain(after);
        });
      }),
    );
  });

  it('leaves the next number free for a delivery that is requested later', () => {
    fc.assert(
      fc.property(someAmendment, (input) => {
        const { callbacks } = amendOutcome(input);
        const next = deliveryId(nextDeliveryNumber(callbacks));
        expect(callbacks.map(({ id }) => id)).not.toContain(next);
        expect(new Set([...callbacks.map(({ id }) => id), next]).size).toBe(callbacks.length + 1);
      }),
    );
  });

  it('keeps the deliveries that were due and plans the rest for the new end', () => {
    fc.assert(
      fc.property(someAmendment, (input) => {
        const { plan, now, outcome } = input;
        const due = plan.callbacks.filter(({ dueAt }) => dueAt <= now);
        const { callbacks } = amendOutcome(input);
        expect(callbacks.slice(0, due.length)).toStrictEqual(due);
        for (const delivery of callbacks.slice(due.length)) {
          expect(delivery.state).toBe(endState(RULES.ends, outcome));
          expect(delivery.dueAt).toBeGreaterThanOrEqual(now);
        }
      }),
    );
  });

  const PROMISED: readonly (readonly [
    CallbackFault | null,
    readonly (readonly [number, string | null])[],
  ])[] = [
    [null, [[20_000, null]]],
    ['never', []],
    ['late', [[320_000, null]]],
    [
      'duplicate',
      [
        [20_000, null],
        [20_000, 'd1'],
      ],
    ],
    [
      'concurrent-duplicate',
      [
        [20_000, null],
        [20_000, null],
      ],
    ],
    ['lost-ack', [[20_000, null]]],
    [
      'malformed',
      [
        [20_000, null],
        [20_000, 'd1'],
      ],
    ],
    ['forged', [[20_000, null]]],
  ];

  it.each(PROMISED)(
    'plans new callbacks for the new end, with the callback fault %s',
    (callback, expected) => {
      for (const outcome of OUTCOMES) {
        const plan = planGiven({
          scenario: sampleScenario({ callback }),
          announcement: AT_THE_END,
          seed: 'seed',
          submittedAt: 10_000,
          speed: 2,
          slotAt: null,
        });
        const input = { plan, rules: RULES, announcement: AT_THE_END, outcome, now: 20_000, speed: 2 };
        const { callbacks } = amendOutcome(input);
        expect(callbacks.map(({ state }) => state)).toStrictEqual(
          expected.map(() => endState(RULES.ends, outcome)),
        );
        expect(callbacks.map(({ dueAt }) => dueAt)).toStrictEqual(expected.map(([dueAt]) => dueAt));
        const places = callbacks.map(({ after }) => callbacks.findIndex(({ id }) => id === after));
        expect(places).toStrictEqual(expected.map(([, after]) => (after === null ? -1 : 0)));
      }
    },
  );

  it('has media after a success and no media after a failure', () => {
    fc.assert(
      fc.property(someAmendment, (input) => {
        const { now, outcome, plan } = input;
        const lifeMs = plan.scenario.media === 'expired' ? 0 : RULES.mediaLifetimeMs;
        expect(amendOutcome(input).mediaExpiresAt).toBe(outcome.type === 'success' ? now + lifeMs : null);
      }),
    );
  });

  it('ends in the canceled state without media and without a callback for another end', () => {
    const announcement = announce('working', 'done');
    const given = { announcement, seed: 'seed', submittedAt: 10_000, speed: 1, slotAt: null };
    const plan = planGiven({ ...given, scenario: sampleScenario({}) });
    const now = (plan.steps.find(({ state }) => state === 'working')?.at ?? 0) + 1;
    const outcome: Outcome = { type: 'canceled' };
    const canceled = amendOutcome({ plan, rules: RULES, announcement, outcome, now, speed: 1 });
    expect(endOf(canceled)).toStrictEqual({ state: 'stopped', at: now });
    expect(canceled.callbacks.map(({ state }) => state)).toStrictEqual(['working']);
    expect(canceled.mediaExpiresAt).toBeNull();
  });

  it('keeps the order of multiple signals of its new end', () => {
    const signals = ['result', 'end'].map((name) => ({ name, retried: name === 'end' }));
    const announcement = { ...AT_THE_END, signals: new Map([['done', signals]]) };
    const given = { announcement, seed: 'seed', submittedAt: 10_000, speed: 1, slotAt: null };
    const plan = planGiven({ ...given, scenario: sampleScenario({ failure: 'internal' }) });
    const outcome: Outcome = { type: 'success' };
    const { callbacks } = amendOutcome({ plan, rules: RULES, announcement, outcome, now: 20_000, speed: 1 });
    expect(callbacks.map(({ id, after, retries }) => [id, after, retries])).toStrictEqual([
      ['d1', null, 0],
      ['d2', 'd1', null],
    ]);
  });

  it('does not reuse the number of a redelivered callback for new callbacks', () => {
    const signals = [{ name: 'end', retried: true }];
    const announcement = { ...AT_THE_END, signals: new Map([['done', signals]]) };
    const given = { announcement, seed: 'seed', submittedAt: 10_000, speed: 1, slotAt: null };
    const plan = planGiven({ ...given, scenario: sampleScenario({ failure: 'internal' }) });
    const [callback] = planGiven({ ...given, scenario: sampleScenario({}) }).callbacks;
    if (callback === undefined) throw new Error('the plan of a successful task must have a callback');
    const outcome = { type: 'success' as const };
    const amendment = { plan, rules: RULES, announcement, outcome, now: 20_000, speed: 1 };
    expect(amendOutcome(amendment).callbacks.map(({ id }) => id)).toStrictEqual(['d1']);
    const { callbacks } = amendOutcome({ ...amendment, lastExtra: callback });
    expect(callbacks.map(({ id }) => id)).toStrictEqual(['d2']);
  });

  it('releases its slot now, and loses a slot that it does not hold yet', () => {
    fc.assert(
      fc.property(someAmendment, (input) => {
        const { plan, now } = input;
        const { slot } = amendOutcome(input);
        const held = plan.slot !== null && plan.slot.fromAt < now;
        expect(slot).toStrictEqual(held ? { ...plan.slot, untilAt: now } : null);
      }),
    );
  });
});

/** A plan that waits for its slot, and a moment while it waits. */
const someWaiting = someGiven
  .filter(({ slotAt }) => slotAt !== null)
  .map(planGiven)
  .filter(({ slot }) => slot !== null && slot.readyAt < slot.fromAt)
  .chain((plan) =>
    fc.tuple(
      fc.constant(plan),
      fc.integer({ min: plan.slot?.readyAt ?? 0, max: (plan.slot?.fromAt ?? 0) - 1 }),
    ),
  );

describe('a plan whose start is amended', () => {
  it('is unchanged if it has no slot or if its slot does not move to an earlier time', () => {
    fc.assert(
      fc.property(someGiven, fc.nat(), (given, laterMs) => {
        const plan = planGiven(given);
        const startAt = (plan.slot?.fromAt ?? 0) + laterMs;
        expect(amendStart(plan, startAt)).toBe(plan);
        expect(amendStart({ ...plan, slot: null }, 0)).toStrictEqual({ ...plan, slot: null });
      }),
    );
  });

  it('moves all steps from the slot on by the same time and keeps the steps before it', () => {
    fc.assert(
      fc.property(someWaiting, ([plan, startAt]) => {
        const fromAt = plan.slot?.fromAt ?? Number.NaN;
        const earlierMs = fromAt - startAt;
        const moved = amendStart(plan, startAt);
        expect(timesOf(moved)).toStrictEqual(timesOf(plan).map((at) => (at < fromAt ? at : at - earlierMs)));
        expect(moved.slot).toStrictEqual({
          readyAt: plan.slot?.readyAt,
          fromAt: startAt,
          untilAt: (plan.slot?.untilAt ?? Number.NaN) - earlierMs,
        });
        expect(moved.mediaExpiresAt).toBe(
          plan.mediaExpiresAt === null ? null : plan.mediaExpiresAt - earlierMs,
        );
        expect(moved.steps.map(({ state }) => state)).toStrictEqual(plan.steps.map(({ state }) => state));
      }),
    );
  });

  it('has its steps in chronological order when the slot becomes free during the wait', () => {
    fc.assert(
      fc.property(someWaiting, ([plan, startAt]) => {
        const times = timesOf(amendStart(plan, startAt));
        expect(times).toStrictEqual([...times].sort((a, b) => a - b));
      }),
    );
  });

  it('has its steps in chronological order when the slot becomes free before the wait', () => {
    fc.assert(
      fc.property(someWaiting, fc.double({ min: 0, max: 1, noNaN: true }), ([plan], share) => {
        const startAt = plan.submittedAt + Math.floor(share * ((plan.steps[1]?.at ?? 0) - plan.submittedAt));
        const times = timesOf(amendStart(plan, startAt));
        expect(times).toStrictEqual([...times].sort((a, b) => a - b));
      }),
    );
  });

  it('moves the deliveries of the steps that moved and keeps those of the other steps', () => {
    fc.assert(
      fc.property(someWaiting, ([plan, startAt]) => {
        const earlierMs = (plan.slot?.fromAt ?? Number.NaN) - startAt;
        const moves = (state: string) => !['ready', 'waiting'].includes(state);
        const prompt = ({ callbacks }: Plan) =>
          callbacks.filter(
            ({ flaw, state }) => flaw !== 'forged' && (moves(state) || plan.scenario.callback === null),
          );
        expect(prompt(amendStart(plan, startAt))).toStrictEqual(
          prompt(plan).map((delivery) => ({
            ...delivery,
            dueAt: moves(delivery.state) ? delivery.dueAt - earlierMs : delivery.dueAt,
          })),
        );
      }),
    );
  });

  it('keeps a forged success before the end of the task', () => {
    fc.assert(
      fc.property(someWaiting, ([plan, startAt]) => {
        const moved = amendStart(plan, startAt);
        for (const { flaw, dueAt } of moved.callbacks) {
          if (flaw === 'forged') expect(dueAt).toBeLessThan(endOf(moved).at);
        }
      }),
    );
  });

  it('does not modify the original plan', () => {
    fc.assert(
      fc.property(someWaiting, ([plan, startAt]) => {
        const before = structuredClone(plan);
        amendStart(plan, startAt);
        expect(plan).toStrictEqual(before);
      }),
    );
  });
});
