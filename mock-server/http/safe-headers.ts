import type { ServerResponse } from 'node:http';

/**
 * Sent with every answer. Text from a request must not be taken for a page or a script, and what was true at one moment
 * of the clock must not come out of a cache at the next.
 */
export const SAFE_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } as const;

/** For answers that others complete; those of vendors give the headers at once, which Node writes faster. */
export function setSafeHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
}
