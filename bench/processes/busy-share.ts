/**
 * Returns a function that returns the share of time, from 0 to 1, during which this process was busy since then. A
 * peer that is always busy while the measured process is not would be the bottleneck.
 */
export function watchBusyShare(): () => number {
  const before = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(before).utilization;
}
