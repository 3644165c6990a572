/** Longest delay of a timer. Node fires timers with a longer one at once, so longer waits are split. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
