import type { PlanInput } from '../plan.ts';
import { SUCCESS } from '../success.ts';
import type { Account, CallbackFault, KindRules, Plan, Scenario, TaskId } from '../types.ts';

/** Every callback fault, and null for none. */
export const CALLBACK_FAULTS: readonly (CallbackFault | null)[] = [
  null,
  'never',
  'late',
  'duplicate',
  'concurrent-duplicate',
  'before-response',
  'lost-ack',
  'malformed',
  'truncated',
  'forged',
];

/** Returns a scenario without faults, except for `change`. */
export function sampleScenario(change: Partial<Scenario> = {}): Scenario {
  return { ...SUCCESS, name: 'any', ...change };
}

/** Returns the rules of a kind whose tasks wait for a second and work for half a minute to a whole one. */
export function sampleRules(change: Partial<KindRules> = {}): KindRules {
  return {
    pack: 'acme',
    kind: 'clip',
    idForm: 'uuid',
    idPath: null,
    steps: [
      { state: 'waiting', minMs: 1000, maxMs: 1000, waitsForSlot: true, holdsSlot: false },
      { state: 'working', minMs: 30_000, maxMs: 60_000, waitsForSlot: false, holdsSlot: true },
    ],
    ends: { success: 'done', failure: 'broken', failures: {}, abandoned: null, canceled: null },
    faultStates: { unknown: null, unready: null },
    visibleAfterMs: 0,
    mediaLifetimeMs: 86_400_000,
    notVisibleForMs: 5000,
    lateByMs: 600_000,
    concurrencyFailure: 'crowded',
    waitsWithoutEnd: false,
    ...change,
  };
}

/** Returns the input of a plan without faults, limits or callbacks. */
export function sampleInput(change: Partial<PlanInput> = {}): PlanInput {
  return {
    rules: sampleRules(),
    operation: 'make-clip',
    account: 'key-1' as Account,
    scenario: sampleScenario(),
    request: {},
    pathParams: null,
    parentId: null,
    announcement: null,
    origin: 'http://127.0.0.1:4010',
    seed: 'seed',
    submittedAt: 0,
    speed: 1,
    instant: false,
    capacity: null,
    ...change,
  };
}

/** Returns a plan with a step at each of `times`; the last step is the final state. */
export function samplePlan(times: readonly number[], change: Partial<Plan> = {}): Plan {
  const submittedAt = times[0] ?? 0;
  return {
    taskId: 'task-1' as TaskId,
    pack: 'acme',
    operation: 'make-clip',
    kind: 'clip',
    account: 'key-1' as Account,
    scenario: SUCCESS,
    origin: 'http://127.0.0.1:4010',
    request: {},
    requestText: null,
    pathParams: null,
    parentId: null,
    submittedAt,
    visibleAt: submittedAt,
    steps: times.map((at, index) => ({ state: `s${index}`, at })),
    outcome: { type: 'success' },
    abandonedState: null,
    slot: null,
    mediaExpiresAt: null,
    callbacks: [],
    ...change,
  };
}
