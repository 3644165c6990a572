import type { OutsideBody } from '../../mock-server/internal.ts';
import type { ApiCall, Evidence } from './evidence.ts';

/** Names under which clients send a callback URL, correct or not. */
const LIKELY_NAME = /^(call_?back(_?ur[li])?|web_?hook(_?url)?|notify_?url)$/i;

/** Returns the callback URL in the documented field; null without one. */
export function callbackUrlOf(call: ApiCall | undefined): string | null {
  const { operation, body } = call ?? {};
  if (operation?.type !== 'submit' || typeof body !== 'object' || body === null) return null;
  const found = operation.callbackUrlOf(body as never, call === undefined ? null : outsideBody(call));
  const url: unknown = Array.isArray(found) ? found[0] : found;
  return typeof url === 'string' && url !== '' ? url : null;
}

/** Returns the query and the headers of a call. */
export function outsideBody({ entry: { url, headers } }: Pick<ApiCall, 'entry'>): OutsideBody {
  const query = new URL(url, 'http://mock').searchParams;
  return {
    query: (name) => query.get(name) ?? undefined,
    header: (name) => [headers[name.toLowerCase()]].flat()[0],
  };
}

/** Hosts that programs produce from a missing value or an unfilled template. */
const INVALID_HOST = /^(undefined|null|nan|none|nil|true|false)?$/i;
const HOST = /^([\w.-]+|\[[\da-f:.]+\])$/i;

/** Returns why the vendor cannot call this URL; null for a valid URL. */
export function urlProblem(url: string): string | null {
  if (!/^https?:\/\/[^/?#\\]/i.test(url) || !URL.canParse(url)) return 'is not an absolute http or https URL';
  const { hostname } = new URL(url);
  return INVALID_HOST.test(hostname) || !HOST.test(hostname) ? `has an invalid host: "${hostname}"` : null;
}

/** Returns the JSON Pointer of a callback URL in an undocumented field; null without one. */
export function misplacedUrl(call: ApiCall): string | null {
  const { operation, body } = call;
  const documented = operation?.type === 'submit' ? operation.callbackUrlPointer : null;
  return likelyPlaces(body).find((place) => place !== documented) ?? null;
}

/** Whether a submission appears to request a callback. */
export function asksForCallbacks({ run }: Evidence, call: ApiCall): boolean {
  const isPossible = call.operation?.type === 'submit' && call.operation.callbacks.length > 0;
  const wasGivenUrl = run !== null && run.callbackUrl !== null;
  return isPossible && (wasGivenUrl || callbackUrlOf(call) !== null || misplacedUrl(call) !== null);
}

function likelyPlaces(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(LIKELY_NAME.test(name) && typeof inner === 'string' && inner !== '' ? [`${at}/${name}`] : []),
    ...likelyPlaces(inner, `${at}/${name}`),
  ]);
}
