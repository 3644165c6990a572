import type { Schedule } from './schedule.ts';

/** A change that was not answered may still be applied for this long, and not everywhere at once. */
const UNSETTLED_MS = 8_000;

export type Changes = ReturnType<typeof createChanges>;

/** The changes that replicas may show at different times. */
export function createChanges(schedule: Schedule) {
  let open = 0;
  let count = 0;
  return {
    get isOpen() {
      return open > 0;
    },
    /** The number of changes that have begun. */
    get count() {
      return count;
    },
    async during(run: () => Promise<unknown>): Promise<unknown> {
      open += 1;
      count += 1;
      let isOver = false;
      const end = (): void => {
        if (!isOver) open -= 1;
        isOver = true;
      };
      schedule.after(UNSETTLED_MS, end);
      const outcome = await run();
      end();
      return outcome;
    },
  };
}
