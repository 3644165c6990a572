import type { ApiCall } from './evidence.ts';

/** What libraries, rather than applications, put into User-Agent: a name, a slash and a version. */
const SDK_AGENT = /^([\w-]+(?:\/(?:JS|Python|Node))?[ /][\w.-]+)/i;
const GENERIC =
  /^(node|undici|axios|got|python-requests|python-urllib|python-httpx|aiohttp|go-http-client|okhttp|curl|ruby|java|mozilla|node-fetch)\b/i;

/** The SDK that made a call, as it names itself; null when it is none that can be told from any other program. */
export function sdkOf(call: ApiCall | undefined): string | null {
  if (call === undefined) return null;
  const { headers } = call.entry;
  const agent = String(headers['user-agent'] ?? '');
  if (GENERIC.test(agent)) return null;
  const isGenerated = headers['x-stainless-package-version'] !== undefined;
  const isNamed = /javascript|[\w-]+-(js|python|node)\//i.test(agent);
  return isGenerated || isNamed ? (SDK_AGENT.exec(agent)?.[1] ?? agent) : null;
}

/** What SDKs that do not count them in a header make at most of one request. */
const MOST_RETRIES = 5;

/**
 * Of polls of one task, in order, those that an SDK made by itself: by its header, or because they repeat at once what
 * has failed, no more often than SDKs do.
 */
export function retriesOfSdk(polls: readonly ApiCall[]): ReadonlySet<ApiCall> {
  const retries = new Set<ApiCall>();
  let inRow = 0;
  polls.forEach((call, index) => {
    const before = polls[index - 1];
    const repeats = before !== undefined && hasFailed(before) && sdkOf(call) !== null;
    inRow = repeats ? inRow + 1 : 0;
    if (call.isRetryOfSdk || (repeats && inRow <= MOST_RETRIES)) retries.add(call);
  });
  return retries;
}

/** What programs repeat: a broken connection, a refusal as too many, an error of the server. */
function hasFailed({ entry: { status, state } }: ApiCall): boolean {
  return status === null || status === 429 || status >= 500 || (status === 200 && state === null);
}
