import type { ServerResponse } from 'node:http';

/**
 * Headers of every answer. Browsers must not interpret text from requests as a page or a script, and caches must not
 * return answers from an earlier service time.
 */
export const SAFE_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } as const;

/**
 * Sets the headers on an answer that other code completes. Vendor routes pass the headers to `writeHead`, which is
 * faster.
 */
export function setSafeHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
}
