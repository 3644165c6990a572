import { CodedError } from '../core/coded-error.ts';
import type { Scenario } from '../core/types.ts';
import type { PackEvent, SubmitOperation } from '../packs/pack.ts';

/**
 * Rejects a scenario with a part that changes only what a client sees, because no client submits or polls a triggered
 * task.
 * @throws {CodedError} NO_CALLBACK
 */
export function refuseWithoutEffect(
  { name }: Scenario,
  { kind }: SubmitOperation,
  { signals }: PackEvent,
): void {
  const ends: readonly unknown[] = Object.values(kind.ends);
  const announcesProgress = [...signals.keys()].some((state) => !ends.includes(state));
  const part = name
    .split('+')
    .map((one) => one.trim())
    .find((one) => {
      const family = one.slice(0, one.indexOf('.'));
      // The states of the task have no duration, so none can be longer.
      if (family === 'state') return one === 'state.long' || !announcesProgress;
      return family === 'submit' || family === 'poll';
    });
  if (part === undefined) return;
  throw new CodedError(
    'NO_CALLBACK',
    `the scenario "${part}" has no effect on callbacks`,
    'Use a scenario that begins with fail, callback or media. For this one, submit a task to a mock that is running.',
  );
}
