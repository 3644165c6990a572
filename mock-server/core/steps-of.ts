import type { KindRules, Scenario, StepRule } from './types.ts';

/** `state.long`: the number of times each state is repeated. On the `polls` clock, each repetition is one poll. */
const LONG_TIMES = 5;
/** `state.unknown`: the number of times the undocumented state is repeated. */
const UNKNOWN_TIMES = 2;

/** Returns the steps of a task before its final state: those of its kind, changed by a `state` scenario. */
export function stepsOf(
  { steps, faultStates }: Pick<KindRules, 'steps' | 'faultStates'>,
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
      const undocumented = { ...last, state: faultStates.unknown ?? last.state };
      return [...steps.slice(0, -1), ...Array<StepRule>(UNKNOWN_TIMES).fill(undocumented), last];
    }
    case 'unready':
      // A failed task does not have media that could be late.
      return failure === null ? [...steps, { ...last, state: faultStates.unready ?? last.state }] : steps;
  }
}

/** Repeats a step. Only the last repetition waits for a slot, and a step that is only such a wait is not repeated. */
function repeated(step: StepRule, times: number): StepRule[] {
  if (step.maxMs === 0) return [step];
  return [...Array<StepRule>(times - 1).fill({ ...step, waitsForSlot: false }), step];
}
