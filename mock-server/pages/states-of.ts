import { entriesOf, type Story } from './story.ts';

/** A state of a task, reached or planned. */
export interface StoryState {
  readonly state: string;
  /** When it begins, since the submission. */
  readonly offsetMs: number;
  readonly isPlanned: boolean;
  readonly isCurrent: boolean;
}

/** Returns the states that a task went through, then those that are planned. */
export function statesOf(story: Story): readonly StoryState[] {
  const { plan, now } = story;
  const startAt = Date.parse(plan.submittedAt);
  const reached = new Map(
    entriesOf(story, 'task.changed').map(({ index, at, state }) => [index, { at, state }]),
  );
  const states = plan.steps.map((step, index) => {
    const { at, state } = reached.get(index) ?? step;
    return { state, offsetMs: Date.parse(at) - startAt, isPlanned: Date.parse(at) > now };
  });
  const current = states.findLastIndex(({ isPlanned }) => !isPlanned);
  return states.map((one, index) => ({ ...one, isCurrent: index === current }));
}
