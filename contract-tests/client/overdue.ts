/**
 * A machine that stalls lengthens what a client does, so a client is late only when it is clearly late. Then a run can
 * end, and need not be repeated.
 */
const MARGIN = 1.2;

export function isOverdue(tookMs: number, allowedMs: number): boolean {
  return tookMs >= MARGIN * allowedMs;
}
