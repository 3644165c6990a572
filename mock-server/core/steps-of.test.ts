import { describe, expect, it } from 'vitest';
import { stepsOf } from './steps-of.ts';
import type { StateFault, StepRule } from './types.ts';

const step = (state: string, change: Partial<StepRule> = {}): StepRule => ({
  state,
  minMs: 1000,
  maxMs: 2000,
  waitsForSlot: false,
  holdsSlot: false,
  ...change,
});

const RULES = {
  steps: [step('queued', { waitsForSlot: true }), step('working', { holdsSlot: true })],
  faultStates: { unknown: 'strange', unready: 'almost' },
};

function course(fault: StateFault | null, failure: string | null = null): string {
  const letters = stepsOf(RULES, { course: fault, failure }).map(({ state }) => state[0]);
  return letters.join('');
}

describe('the steps of a task', () => {
  it.each([
    [null, 'qw'],
    ['long', 'qqqqqwwwww'],
    ['back-and-forth', 'qwqw'],
    ['unknown', 'qssw'],
    ['unready', 'qwa'],
  ] as const)('for the course %s are %s', (fault, expected) => {
    expect(course(fault)).toBe(expected);
  });

  it('do not include a state that looks finished too early if the task fails', () => {
    expect(course('unready', 'nsfw')).toBe('qw');
  });

  it('wait for a slot once, even if the state is repeated', () => {
    const waiting = stepsOf(RULES, { course: 'long', failure: null }).map(({ waitsForSlot }) => waitsForSlot);
    expect(waiting.indexOf(true)).toBe(4);
    expect(waiting.lastIndexOf(true)).toBe(4);
  });

  it('hold their slot without a gap when the task returns to a previous state', () => {
    const steps = stepsOf(RULES, { course: 'back-and-forth', failure: null });
    expect(steps.slice(1).every(({ holdsSlot }) => holdsSlot)).toBe(true);
  });

  it('do not repeat a step that is only a wait for a slot', () => {
    const only = { ...RULES, steps: [step('throttled', { minMs: 0, maxMs: 0 }), step('working')] };
    expect(stepsOf(only, { course: 'long', failure: null })).toHaveLength(6);
  });
});
