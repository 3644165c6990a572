/**
 * Share of the time, from 0 to 1, that this process was busy since the returned function was made.
 * A peer that is always busy while the measured one is not would be the thing that is measured.
 */
export function watchBusyShare(): () => number {
  const before = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(before).utilization;
}
