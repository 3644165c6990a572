import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { endState, type PlanInput, planTask, taskIdOf } from './plan.ts';
import { announceEach } from './promise-callbacks.ts';
import { CALLBACK_FAULTS, sampleInput, sampleRules, sampleScenario } from './testing/sample-plan.ts';
import type { Account, Announcement, CallbackFault, Ends, KindRules, Plan, Scenario } from './types.ts';

/** Callback faults that do not change the times of the steps. */
const WITH_USUAL_STEPS = CALLBACK_FAULTS.filter((fault) => fault !== 'before-response');
const DAY_MS = 86_400_000;
/** Ids of seven digits. */
const SHORT_ID = { prefix: '', characters: '0123456789', length: 7, isInteger: true };
const ENDS: Ends = {
  success: 'done',
  failure: 'broken',
  failures: { nsfw: 'refused' },
  abandoned: 'unheard',
  canceled: null,
};
const TERMINAL: readonly string[] = ['done', 'broken', 'refused', 'unheard'];

const someRules: fc.Arbitrary<KindRules> = fc
  .record({
    steps: fc.array(
      fc.record({
        minMs: fc.nat(60_000),
        spanMs: fc.nat(60_000),
        waitsForSlot: fc.boolean(),
        holdsSlot: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    idForm: fc.constantFrom('uuid' as const, 'hex32' as const, SHORT_ID),
    idPath: fc.constantFrom(null, 'jobs/{$request.path.model}/{id}'),
    visibleAfterMs: fc.nat(10_000),
    notVisibleForMs: fc.nat(10_000),
    lateByMs: fc.nat(600_000),
    mediaLifetimeMs: fc.nat(14 * DAY_MS),
  })
  .map(({ steps, ...rest }) => ({
    ...rest,
    pack: 'acme',
    kind: 'clip',
    steps: steps.map(({ spanMs, ...step }, index) => ({
      ...step,
      state: `s${index}`,
      maxMs: step.minMs + spanMs,
    })),
    ends: ENDS,
    faultStates: { unknown: 'strange', unready: 'almost' },
    concurrencyFailure: 'crowded',
    waitsWithoutEnd: false,
  }));

const someScenario = (faults: readonly (CallbackFault | null)[]): fc.Arbitrary<Scenario> =>
  fc
    .record({
      failure: fc.constantFrom(null, 'nsfw', 'internal'),
      hidden: fc.boolean(),
      callback: fc.constantFrom(...faults),
      media: fc.constantFrom(null, 'hang' as const, 'expired' as const),
    })
    .map(sampleScenario);

const someAnnouncement: fc.Arbitrary<Announcement | null> = fc.option(
  fc.subarray(['s0', 's1', 's2', 'done', 'broken', 'refused']).map((states) => ({
    event: 'acme.clip',
    url: 'http://127.0.0.1:3000/callback',
    signals: announceEach(states),
  })),
);

const someInput = (faults: readonly (CallbackFault | null)[] = CALLBACK_FAULTS): fc.Arbitrary<PlanInput> =>
  fc.record({
    rules: someRules,
    operation: fc.constant('make-clip'),
    account: fc.constant('key-1' as Account),
    scenario: someScenario(faults),
    request: fc.constant({ prompt: 'a cat' }),
    pathParams: fc.constant(null),
    parentId: fc.constant(null),
    announcement: someAnnouncement,
    origin: fc.constant('http://127.0.0.1:4010'),
    seed: fc.string(),
    submittedAt: fc.nat(4_000_000_000_000),
    speed: fc.double({ min: 0.01, max: 10_000, noNaN: true }),
    instant: fc.boolean(),
    capacity: fc.option(
      fc.record({
        slots: fc.integer({ min: 1, max: 3 }),
        queue: fc.nat(3),
        taken: fc.array(
          fc
            .record({ fromAt: fc.nat(4_000_000_000_000), holdMs: fc.nat(DAY_MS) })
            .map(({ fromAt, holdMs }) => ({
              readyAt: fromAt,
              fromAt,
              untilAt: fromAt + holdMs,
            })),
          { maxLength: 6 },
        ),
      }),
    ),
  });

const unhurried = someInput(WITH_USUAL_STEPS).map((input) => ({ ...input, instant: false, capacity: null }));

function freezeDeep<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !(value instanceof Set)) {
    for (const inner of Object.values(value)) freezeDeep(inner);
    Object.freeze(value);
  }
  return value;
}

function endOf({ steps }: Plan): { readonly state: string; readonly at: number } {
  return steps.at(-1) ?? { state: 'no steps', at: Number.NaN };
}

function gapsOf({ steps }: Plan): number[] {
  return steps.slice(1).map((step, index) => step.at - (steps[index]?.at ?? Number.NaN));
}

describe('the steps of a plan', () => {
  it('begin at the submission and are in chronological order', () => {
    fc.assert(
      fc.property(someInput(), (input) => {
        const plan = planTask(input);
        expect(plan.steps[0]?.at).toBe(input.submittedAt);
        for (const gap of gapsOf(plan)) expect(gap).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('end in exactly one final state, that of the outcome', () => {
    fc.assert(
      fc.property(someInput(), (input) => {
        const plan = planTask(input);
        const terminal = plan.steps.filter(({ state }) => TERMINAL.includes(state));
        expect(terminal).toStrictEqual([endOf(plan)]);
        expect(endOf(plan).state).toBe(endState(ENDS, plan.outcome));
      }),
    );
  });

  it('follow the order of the rules without gaps', () => {
    fc.assert(
      fc.property(someInput(), (input) => {
        const states = planTask(input)
          .steps.slice(0, -1)
          .map(({ state }) => state);
        expect(states).toStrictEqual(input.rules.steps.slice(0, states.length).map(({ state }) => state));
      }),
    );
  });

  it('last between the minimum and maximum of their rule, at the given speed', () => {
    fc.assert(
      fc.property(unhurried, (input) => {
        const gaps = gapsOf(planTask(input));
        // A state without a duration is skipped.
        const steps = input.rules.steps.filter(({ maxMs }) => maxMs > 0);
        expect(gaps).toHaveLength(steps.length);
        steps.forEach(({ minMs, maxMs }, index) => {
          expect(gaps[index]).toBeGreaterThanOrEqual(Math.round(minMs / input.speed));
          expect(gaps[index]).toBeLessThanOrEqual(Math.round(maxMs / input.speed));
        });
      }),
    );
  });

  it('can reach both the minimum and the maximum of a rule', () => {
    const rules: Partial<KindRules> = {
      steps: [{ state: 's0', minMs: 1, maxMs: 3, waitsForSlot: false, holdsSlot: false }],
    };
    const lengths = new Set<number | undefined>();
    for (let n = 0; n < 200; n++) lengths.add(gapsOf(planTask(fixedInput({ seed: `${n}` }, rules)))[0]);
    expect([...lengths].sort()).toStrictEqual([1, 2, 3]);
  });

  it('all start at the submission if the task is instant or its callback precedes the response', () => {
    const atOnce = fc.oneof(
      someInput().map((input) => ({ ...input, instant: true, capacity: null })),
      someInput(['before-response']).map((input) => ({ ...input, capacity: null })),
    );
    fc.assert(
      fc.property(atOnce, (input) => {
        const plan = planTask(input);
        expect(plan.steps).toHaveLength(input.rules.steps.length + 1);
        expect(gapsOf(plan).every((gap) => gap === 0)).toBe(true);
      }),
    );
  });
});

describe('a plan', () => {
  it('is the same for the same input, which it does not modify', () => {
    fc.assert(
      fc.property(someInput(), (input) => {
        expect(planTask(freezeDeep(input))).toStrictEqual(planTask(structuredClone(input)));
      }),
    );
  });

  it('is plain data that can be converted to JSON and back', () => {
    fc.assert(
      fc.property(someInput(), (input) => {
        const plan = planTask(input);
        expect(JSON.parse(JSON.stringify(plan))).toStrictEqual(plan);
      }),
    );
  });

  it('has a different task id with a different seed', () => {
    fc.assert(
      fc.property(someInput(), fc.string(), (input, seed) => {
        fc.pre(seed !== input.seed);
        expect(planTask({ ...input, seed }).taskId).not.toBe(planTask(input).taskId);
      }),
    );
  });

  it('has an id in the form that the rules require', () => {
    expect(planTask(fixedInput({}, { idForm: 'hex32' })).taskId).toMatch(/^[0-9a-f]{32}$/);
    expect(planTask(fixedInput({}, { idForm: 'uuid' })).taskId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-/);
  });

  it('has the id that taskIdOf returns', () => {
    fc.assert(
      fc.property(someInput(), (input) => {
        expect(taskIdOf(input.rules, input.seed, input.pathParams)).toBe(planTask(input).taskId);
      }),
    );
  });

  it('contains the values of its input', () => {
    const given = {
      operation: 'make-clip',
      account: 'key-9' as Account,
      request: { prompt: 'a dog', nested: { list: [1, null] } },
      origin: 'https://mock.example',
      submittedAt: 1234,
    };
    expect(planTask(fixedInput(given))).toMatchObject({
      ...given,
      pack: 'acme',
      kind: 'clip',
      pathParams: null,
      parentId: null,
    });
  });
});

describe('speed', () => {
  it('divides every duration', () => {
    fc.assert(
      fc.property(unhurried, (input) => {
        const slow = planTask({ ...input, speed: 1 });
        const fast = planTask(input);
        expect(gapsOf(fast)).toStrictEqual(gapsOf(slow).map((gap) => Math.round(gap / input.speed)));
        expect(fast.visibleAt - fast.submittedAt).toBe(
          Math.round((slow.visibleAt - slow.submittedAt) / input.speed),
        );
      }),
    );
  });

  it('does not change the submission, the ids, the outcome or the lifetime of the media', () => {
    fc.assert(
      fc.property(unhurried, (input) => {
        const slow = planTask({ ...input, speed: 1 });
        const fast = planTask(input);
        const lifeOf = (plan: Plan) =>
          plan.mediaExpiresAt === null ? null : plan.mediaExpiresAt - endOf(plan).at;
        expect(fast.submittedAt).toBe(input.submittedAt);
        expect(fast.taskId).toBe(slow.taskId);
        expect(fast.outcome).toStrictEqual(slow.outcome);
        expect(fast.callbacks.map(({ id, state }) => [id, state])).toStrictEqual(
          slow.callbacks.map(({ id, state }) => [id, state]),
        );
        expect(lifeOf(fast)).toBe(lifeOf(slow));
      }),
    );
  });

  it('shortens the delay of a late callback', () => {
    const announcement = { event: 'acme.clip', url: 'http://127.0.0.1/', signals: announceEach(['done']) };
    const late = fixedInput({ announcement, speed: 20, scenario: sampleScenario({ callback: 'late' }) });
    const plan = planTask(late);
    expect(plan.callbacks.map(({ dueAt }) => dueAt - endOf(plan).at)).toStrictEqual([30_000]);
  });
});

describe('media', () => {
  it('expires after its full lifetime, or immediately if the scenario requires it', () => {
    fc.assert(
      fc.property(someInput(), (input) => {
        const plan = planTask(input);
        const lifeMs = input.scenario.media === 'expired' ? 0 : input.rules.mediaLifetimeMs;
        const expected = plan.outcome.type === 'success' ? endOf(plan).at + lifeMs : null;
        expect(plan.mediaExpiresAt).toBe(expected);
      }),
    );
  });
});

describe('the outcome', () => {
  it('is that of the scenario if the account is within its limit', () => {
    fc.assert(
      fc.property(
        someInput().map((input) => ({ ...input, capacity: null })),
        (input) => {
          const { failure } = input.scenario;
          const expected = failure === null ? { type: 'success' } : { type: 'failure', slug: failure };
          expect(planTask(input).outcome).toStrictEqual(expected);
        },
      ),
    );
  });

  it('is the concurrency failure if the queue is full, without the waiting state and without a slot', () => {
    const taken = [{ readyAt: 0, fromAt: 0, untilAt: 1_000_000 }];
    const plan = planTask(fixedInput({ capacity: { slots: 1, queue: 0, taken } }));
    expect(plan.outcome).toStrictEqual({ type: 'failure', slug: 'crowded' });
    expect(plan.steps).toStrictEqual([
      { state: 's0', at: 1000 },
      { state: 'broken', at: 2000 },
    ]);
    expect(plan.slot).toBeNull();
    expect(plan.mediaExpiresAt).toBeNull();
  });

  it('cannot be a concurrency failure if the kind does not define one', () => {
    const capacity = { slots: 1, queue: 0, taken: [{ readyAt: 0, fromAt: 0, untilAt: 1_000_000 }] };
    const input = fixedInput({ capacity }, { concurrencyFailure: null });
    expect(() => planTask(input)).toThrow(
      'kind "clip" does not define a failure for tasks over the concurrency limit',
    );
  });

  it('is the concurrency failure even if the scenario requests another failure', () => {
    const capacity = { slots: 1, queue: 0, taken: [{ readyAt: 0, fromAt: 0, untilAt: 1_000_000 }] };
    const plan = planTask(fixedInput({ capacity, scenario: sampleScenario({ failure: 'nsfw' }) }));
    expect(plan.outcome).toStrictEqual({ type: 'failure', slug: 'crowded' });
  });
});

describe('the final state of a task', () => {
  it('is that of its outcome, or the one that its failure defines', () => {
    expect(endState(ENDS, { type: 'success' })).toBe('done');
    expect(endState(ENDS, { type: 'failure', slug: 'internal' })).toBe('broken');
    expect(endState(ENDS, { type: 'failure', slug: 'nsfw' })).toBe('refused');
    expect(endState({ ...ENDS, canceled: 'stopped' }, { type: 'canceled' })).toBe('stopped');
  });

  it('is never an inherited property of an object', () => {
    expect(endState(ENDS, { type: 'failure', slug: 'constructor' })).toBe('broken');
  });

  it('for an abandoned callback is part of the plan', () => {
    expect(planTask(fixedInput({})).abandonedState).toBe('unheard');
  });
});

describe('a slot', () => {
  const FREE = { slots: 1, queue: 0, taken: [] };

  it('is held from the start of the first step that holds one to the end of the last', () => {
    const rules = {
      steps: [
        { state: 's0', minMs: 1000, maxMs: 1000, waitsForSlot: true, holdsSlot: false },
        { state: 's1', minMs: 2000, maxMs: 2000, waitsForSlot: false, holdsSlot: true },
        { state: 's2', minMs: 3000, maxMs: 3000, waitsForSlot: false, holdsSlot: true },
        { state: 's3', minMs: 4000, maxMs: 4000, waitsForSlot: false, holdsSlot: false },
      ],
    };
    expect(planTask(fixedInput({ capacity: FREE }, rules)).slot).toStrictEqual({
      readyAt: 2000,
      fromAt: 2000,
      untilAt: 7000,
    });
  });

  it('is not used without a limit', () => {
    expect(planTask(fixedInput({ capacity: null })).slot).toBeNull();
  });

  it('extends the waiting step until it becomes free', () => {
    const capacity = { slots: 1, queue: 1, taken: [{ readyAt: 0, fromAt: 0, untilAt: 60_000 }] };
    const plan = planTask(fixedInput({ capacity }));
    expect(plan.steps.map(({ at }) => at)).toStrictEqual([1000, 2000, 60_000, 63_000]);
    expect(plan.slot).toStrictEqual({ readyAt: 4000, fromAt: 60_000, untilAt: 63_000 });
  });

  it('is never used by a kind whose steps do not hold one', () => {
    const rules = { steps: [{ state: 's0', minMs: 5, maxMs: 5, waitsForSlot: false, holdsSlot: false }] };
    expect(planTask(fixedInput({ capacity: FREE }, rules)).slot).toBeNull();
  });
});

describe('a step that is only a wait for a slot', () => {
  const rules: Partial<KindRules> = {
    steps: [
      { state: 'throttled', minMs: 0, maxMs: 0, waitsForSlot: true, holdsSlot: false },
      { state: 'working', minMs: 3000, maxMs: 3000, waitsForSlot: false, holdsSlot: true },
    ],
    concurrencyFailure: null,
    waitsWithoutEnd: true,
  };
  const queue = Number.POSITIVE_INFINITY;
  const taken = [{ readyAt: 0, fromAt: 0, untilAt: 60_000 }];
  const statesOf = ({ steps }: Plan) => steps.map(({ state, at }) => [state, at]);

  it('is skipped if a slot is free', () => {
    for (const capacity of [null, { slots: 1, queue, taken: [] }, { slots: 2, queue, taken }]) {
      const plan = planTask(fixedInput({ capacity }, rules));
      expect(statesOf(plan)).toStrictEqual([
        ['working', 1000],
        ['done', 4000],
      ]);
      if (capacity !== null) expect(plan.slot).toStrictEqual({ readyAt: 1000, fromAt: 1000, untilAt: 4000 });
    }
  });

  it('lasts until a slot becomes free', () => {
    const plan = planTask(fixedInput({ capacity: { slots: 1, queue, taken } }, rules));
    expect(statesOf(plan)).toStrictEqual([
      ['throttled', 1000],
      ['working', 60_000],
      ['done', 63_000],
    ]);
    expect(plan.slot).toStrictEqual({ readyAt: 1000, fromAt: 60_000, untilAt: 63_000 });
  });

  it('consumes the same random numbers when it is skipped, so later steps keep their durations', () => {
    const [wait, work] = rules.steps ?? [];
    if (wait === undefined || work === undefined) throw new Error('two steps expected');
    const steps = [wait, { ...work, minMs: 1000, maxMs: 90_000 }];
    const lengthOf = (plan: Plan) => endOf(plan).at - (plan.steps.at(-2)?.at ?? 0);
    const capacity = { slots: 1, queue, taken };
    const waited = planTask(fixedInput({ capacity }, { ...rules, steps }));
    expect(lengthOf(planTask(fixedInput({}, { ...rules, steps })))).toBe(lengthOf(waited));
  });
});

describe('visibility', () => {
  it('begins after the delay of the pack, or later if the scenario hides the task', () => {
    expect(planTask(fixedInput({ speed: 2 })).visibleAt).toBe(1000 + 100);
    const scenario = sampleScenario({ hidden: true });
    expect(planTask(fixedInput({ speed: 2, scenario })).visibleAt).toBe(1000 + 2500);
  });
});

/** Submitted at 1000, waits from 2000, works from 4000 and ends at 7000. */
function fixedInput(change: Partial<PlanInput>, rules: Partial<KindRules> = {}): PlanInput {
  return sampleInput({
    rules: sampleRules({
      steps: [
        { state: 's0', minMs: 1000, maxMs: 1000, waitsForSlot: false, holdsSlot: false },
        { state: 's1', minMs: 2000, maxMs: 2000, waitsForSlot: true, holdsSlot: false },
        { state: 's2', minMs: 3000, maxMs: 3000, waitsForSlot: false, holdsSlot: true },
      ],
      faultStates: { unknown: 'strange', unready: 'almost' },
      ends: ENDS,
      visibleAfterMs: 200,
      ...rules,
    }),
    submittedAt: 1000,
    ...change,
  });
}
