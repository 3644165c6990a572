import { describe, expect, it } from 'vitest';
import type { Capacity, KindRules } from '../core/types.ts';
import {
  createSampleTasks,
  SAMPLE_ACCOUNT,
  SAMPLE_URL,
  START_AT,
  withUrl,
} from '../delivery/testing/sample-tasks.ts';
import type { SubmitOperation } from '../packs/pack.ts';
import { createPlanFor } from './plan-for.ts';
import type { Submission } from './submission.ts';

const { pack, operation, clock, plan: sample } = createSampleTasks();
const { scenario } = sample();
const FULL: Capacity = {
  slots: 1,
  queue: 0,
  taken: [{ readyAt: START_AT, fromAt: START_AT, untilAt: START_AT + 1e9 }],
};

function plan(change: Partial<Submission> = {}, { capacity = null as Capacity | null, speed = 1 } = {}) {
  const planFor = createPlanFor({
    handshakes: { addTo: (announcement) => announcement },
    clock,
    slots: { capacityOf: () => capacity },
    speed,
  });
  const submission: Submission = {
    pack,
    operation: withUrl(operation),
    account: SAMPLE_ACCOUNT,
    request: { prompt: 'a cat' },
    bodyText: '{"prompt": "a cat"}',
    scenario,
    origin: 'http://media.test',
    ...change,
  };
  return planFor(submission, {
    scenario: submission.scenario,
    parentId: null,
    seed: 'seed',
    kind: submission.operation.kind,
    aliases: [],
  });
}

function operationWith(rules: Partial<KindRules>): SubmitOperation {
  const steps = operation.kind.steps.map((step) => ({ ...step, waitsForSlot: true, holdsSlot: true }));
  return { ...operation, kind: { ...operation.kind, steps, ...rules } };
}

describe('the plan of a submission', () => {
  it('starts now, for its account, with its request and its callback URL', () => {
    expect(plan()).toMatchObject({
      submittedAt: START_AT,
      account: SAMPLE_ACCOUNT,
      origin: 'http://media.test',
      request: { prompt: 'a cat' },
      requestText: null,
      pathParams: null,
    });
    expect(plan().callbacks.map(({ url }) => url)).toContain(SAMPLE_URL);
  });

  it('keeps the text of a request whose numbers would change', () => {
    expect(plan({ hasOddNumbers: true }).requestText).toBe('{"prompt": "a cat"}');
  });

  it('is faster with a higher speed, and ends at once when it is instant', () => {
    const lasts = ({ steps, submittedAt }: ReturnType<typeof plan>) => Number(steps.at(-1)?.at) - submittedAt;
    expect(lasts(plan({}, { speed: 10 }))).toBeLessThan(lasts(plan()));
    expect(lasts(plan({ instant: true }))).toBe(0);
  });

  it('fails for lack of a slot when the vendor reports that', () => {
    const [slug = ''] = pack.failures.keys();
    const limited = operationWith({ concurrencyFailure: slug, waitsWithoutEnd: false });
    expect(plan({ operation: limited }, { capacity: FULL }).outcome).toEqual({ type: 'failure', slug });
    expect(plan({ operation: limited }, { capacity: null }).outcome).toEqual({ type: 'success' });
  });

  it('ignores the slots when the vendor cannot report a limit', () => {
    const unlimited = operationWith({ concurrencyFailure: null, waitsWithoutEnd: false });
    expect(plan({ operation: unlimited }, { capacity: FULL })).toMatchObject({
      outcome: { type: 'success' },
      slot: null,
    });
  });

  it('waits for a slot without end when the vendor lets tasks wait', () => {
    const waiting = operationWith({ concurrencyFailure: null, waitsWithoutEnd: true });
    const { outcome, steps } = plan({ operation: waiting }, { capacity: FULL });
    expect(outcome).toEqual({ type: 'success' });
    expect(Number(steps.at(-1)?.at)).toBeGreaterThanOrEqual(START_AT + 1e9);
  });
});
