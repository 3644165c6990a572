import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { amendOutcome } from '../core/amend.ts';
import { type PlanInput, planTask } from '../core/plan.ts';
import type { Account, Plan } from '../core/types.ts';
import { builtInPackDirs, loadPack } from '../packs/load-pack.ts';
import type { SubmitOperation } from '../packs/pack.ts';
import { listScenarios } from '../scenarios/catalog.ts';
import { createScenarioParser } from '../scenarios/parse-scenario.ts';
import { createPlanPacker, sharedOf, unpackPlan } from './packed-plan.ts';
import { journaledPlan } from './testing/journaled-plan.ts';

const pack = loadPack(builtInPackDirs()[0] ?? '');
const submits = pack.operations.filter(
  (operation): operation is SubmitOperation => operation.type === 'submit',
);
const parse = createScenarioParser(pack);
const scenarios = listScenarios([pack]).map(({ name }) => name);

/** Plans of every kind, scenario, account and limit. */
const plans: fc.Arbitrary<Plan> = fc
  .record({
    operation: fc.constantFrom(...submits),
    scenario: fc.constantFrom(...scenarios),
    account: fc.constantFrom('key-a', 'key-b'),
    seed: fc.string(),
    submittedAt: fc.integer({ min: 0, max: 4e12 }),
    speed: fc.constantFrom(1, 7, 20, 1000),
    url: fc.constantFrom(null, 'http://127.0.0.1:1/a', 'http://127.0.0.1:2/b'),
    instant: fc.boolean(),
    limited: fc.boolean(),
  })
  .map(({ operation, scenario, account, seed, submittedAt, speed, url, instant, limited }) =>
    planTask({
      rules: operation.kind,
      operation: operation.id,
      account: account as Account,
      scenario: parse(scenario),
      request: { prompt: seed },
      pathParams: null,
      parentId: null,
      announcement:
        url === null || operation.event === null
          ? null
          : { event: operation.event.name, url, signals: operation.event.signals },
      origin: 'http://media.test',
      seed,
      submittedAt,
      speed,
      instant,
      capacity: limited
        ? {
            slots: 1,
            queue: 1,
            taken: [{ readyAt: submittedAt, fromAt: submittedAt, untilAt: submittedAt + 500_000 }],
          }
        : null,
    }),
  );

function planFor({ kind, id }: SubmitOperation, change: Partial<PlanInput>): Plan {
  return planTask({
    rules: kind,
    operation: id,
    account: 'key-a' as Account,
    scenario: parse('success'),
    request: {},
    pathParams: null,
    parentId: null,
    announcement: null,
    origin: '',
    seed: 'seed',
    submittedAt: 5,
    speed: 1,
    instant: false,
    capacity: null,
    ...change,
  });
}

describe('packing plans', () => {
  it('is lossless, regardless of the plans packed before', () => {
    fc.assert(
      fc.property(fc.array(plans, { minLength: 1, maxLength: 20 }), (many) => {
        const packer = createPlanPacker();
        const packed = many.map((plan) => packer.pack(plan));
        expect(packed.map(unpackPlan)).toEqual(many);
        expect(packed.map((one) => sharedOf(one).outcome)).toEqual(many.map(({ outcome }) => outcome));
      }),
    );
  });

  it('is lossless for amended plans', () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 0, max: 100_000 }), (plan, laterMs) => {
        const operation = submits.find(({ id }) => id === plan.operation);
        if (operation === undefined) throw new Error('unknown operation');
        const amended = amendOutcome({
          plan,
          rules: operation.kind,
          announcement: null,
          outcome: { type: 'success' },
          now: plan.submittedAt + laterMs,
          speed: 1,
        });
        expect(unpackPlan(createPlanPacker().pack(amended))).toEqual(amended);
      }),
    );
  });

  it('distinguishes plans with the same states but different announcements', () => {
    const [operation] = submits;
    if (operation === undefined) throw new Error('the pack has no submit operation');
    const end = operation.kind.ends.success;
    const signal = (name: string, retried: boolean) => ({ name, retried });
    const choices = [
      [],
      [signal('end', true)],
      [signal('end', false)],
      [signal('result', false), signal('end', true)],
      [signal('result', true), signal('end', true)],
      [signal('result', true), signal('log', true), signal('end', false)],
    ];
    const many = choices.map((signals) =>
      planFor(operation, {
        announcement: { event: 'any', url: 'http://127.0.0.1:1/a', signals: new Map([[end, signals]]) },
      }),
    );
    const packer = createPlanPacker();
    // Packed twice: all shared parts exist the second time.
    for (const plan of [...many, ...many]) expect(unpackPlan(packer.pack(plan))).toEqual(plan);
    expect(new Set(many.map((plan) => sharedOf(packer.pack(plan)))).size).toBe(choices.length);
  });

  it.each<Partial<Plan>>([
    { kind: 'image' },
    { abandonedState: 'lost' },
    { outcome: { type: 'canceled' } },
    { outcome: { type: 'failure', slug: 'nsfw' } },
    { origin: 'http://other.test' },
    { mediaExpiresAt: null },
    { callbacks: journaledPlan('a').callbacks.map((one) => ({ ...one, flaw: 'forged' })) },
    { callbacks: journaledPlan('a').callbacks.map((one) => ({ ...one, retries: 7 })) },
  ])('distinguishes plans of which a reloaded pack has changed only one part: %j', (change) => {
    const packer = createPlanPacker();
    const plan = journaledPlan('a');
    const other = journaledPlan('b', change);
    const packed = [plan, other, plan].map((one) => packer.pack(one));
    expect(packed.map(unpackPlan)).toEqual([plan, other, plan]);
  });

  it('keeps the path parameters of each task', () => {
    const [operation] = submits;
    if (operation === undefined) throw new Error('the pack has no submit operation');
    const many = [null, { owner: 'acme' }, { owner: 'other', name: 'video' }].map((pathParams) =>
      planFor(operation, { pathParams }),
    );
    const packer = createPlanPacker();
    const packed = many.map((plan) => packer.pack(plan));
    expect(packed.map(unpackPlan)).toEqual(many);
    expect(new Set(packed.map(sharedOf)).size).toBe(1);
  });

  it('shares data among tasks that differ only in ids and times', () => {
    const packer = createPlanPacker();
    const [operation] = submits;
    if (operation === undefined) throw new Error('the pack has no submit operation');
    const make = (seed: string): Plan => planFor(operation, { seed, request: { prompt: seed } });
    expect(sharedOf(packer.pack(make('a')))).toBe(sharedOf(packer.pack(make('b'))));
  });
});
