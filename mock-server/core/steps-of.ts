import type { KindRules, Scenario, StepRule } from './types.ts';

/** `state.long`: how often each state comes. On the `polls` clock each time is a poll. */
const LONG_TIMES = 5;
/** `state.unknown`: how often the strange state comes. */
const UNKNOWN_TIMES = 2;

/** The steps of a task on its way to the end: the kind's own, or those of the detour that its scenario takes. */
export function stepsOf(
  { steps, oddities }: Pick<KindRules, 'steps' | 'oddities'>,
  { course, failure }: Pick<Scenario, 'course' | 'failure'>,
): readonly StepRule[] {
  const last = steps.at(-1);
  if (last === undefined) return steps;
  switch (course) {
    case null:
      return steps;
    case 'long':
      return steps.flatMap((step) => repeated(step, LONG_TIMES));
    case 'back-and-forth': {
      const back = { ...last, state: steps.at(-2)?.state ?? last.state };
      return [...steps, back, last];
    }
    case 'unknown': {
      const strange = { ...last, state: oddities.unknown ?? last.state };
      return [...steps.slice(0, -1), ...Array<StepRule>(UNKNOWN_TIMES).fill(strange), last];
    }
    case 'unready':
      // What fails yields nothing that could be late.
      return failure === null ? [...steps, { ...last, state: oddities.unready ?? last.state }] : steps;
  }
}

/** Only the last one waits for a slot; a state that is nothing but that wait is not repeated. */
function repeated(step: StepRule, times: number): StepRule[] {
  if (step.maxMs === 0) return [step];
  return [...Array<StepRule>(times - 1).fill({ ...step, waitsForSlot: false }), step];
}
