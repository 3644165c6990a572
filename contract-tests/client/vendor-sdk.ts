import type { ApiCall } from './evidence.ts';

/** User-Agent of an SDK: a name, a slash and a version. */
const SDK_AGENT = /^([\w-]+(?:\/(?:JS|Python|Node))?[ /][\w.-]+)/i;
const GENERIC =
  /^(node|undici|axios|got|python-requests|python-urllib|python-httpx|aiohttp|go-http-client|okhttp|curl|ruby|java|mozilla|node-fetch)\b/i;

/** Returns the name of the SDK that made a call; null when it cannot be identified. */
export function sdkOf(call: ApiCall | undefined): string | null {
  if (call === undefined) return null;
  const { headers } = call.entry;
  const agent = String(headers['user-agent'] ?? '');
  if (GENERIC.test(agent)) return null;
  const isGenerated = headers['x-stainless-package-version'] !== undefined;
  const isNamed = /javascript|[\w-]+-(js|python|node)\//i.test(agent);
  return isGenerated || isNamed ? (SDK_AGENT.exec(agent)?.[1] ?? agent) : null;
}

/** Maximum number of retries by SDKs that do not count them in a header. */
const MAX_RETRIES = 5;

/**
 * Returns the polls of one task that an SDK sent automatically: by its header, or because they repeat a failed poll no
 * more often than SDKs do.
 */
export function retriesOfSdk(polls: readonly ApiCall[]): ReadonlySet<ApiCall> {
  const retries = new Set<ApiCall>();
  let inRow = 0;
  polls.forEach((call, index) => {
    const before = polls[index - 1];
    const repeats = before !== undefined && hasFailed(before) && sdkOf(call) !== null;
    inRow = repeats ? inRow + 1 : 0;
    if (call.isRetryOfSdk || (repeats && inRow <= MAX_RETRIES)) retries.add(call);
  });
  return retries;
}

/** Whether a poll failed in a way that SDKs retry: a broken connection, a rate limit, a server error. */
function hasFailed({ entry: { status, state } }: ApiCall): boolean {
  return status === null || status === 429 || status >= 500 || (status === 200 && state === null);
}
