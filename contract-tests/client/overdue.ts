/**
 * Factor by which a client must exceed a limit to count as late. A stalled machine delays a client, so a smaller excess
 * proves nothing; after a clear one, the run can end and need not be repeated.
 */
const MARGIN = 1.2;

/** Whether a duration clearly exceeds its limit. */
export function isOverdue(tookMs: number, allowedMs: number): boolean {
  return tookMs >= MARGIN * allowedMs;
}
