import type { ApiCall, Evidence } from './evidence.ts';

/** What clients call it, right or wrong, at whatever level. */
const LIKELY_NAME = /^(call_?back(_?ur[li])?|web_?hook(_?url)?|notify_?url)$/i;

/** The callback URL where the vendor looks for it; null when there is none. */
export function callbackUrlOf(call: ApiCall | undefined): string | null {
  const { operation, body } = call ?? {};
  if (operation?.type !== 'submit' || typeof body !== 'object' || body === null) return null;
  const url = operation.callbackUrlOf(body as never);
  return typeof url === 'string' && url !== '' ? url : null;
}

/** A host that a program makes of a value that is missing, or of a template that was not filled in. */
const NO_HOST = /^(undefined|null|nan|none|nil|true|false)?$/i;
const HOST = /^([\w.-]+|\[[\da-f:.]+\])$/i;

/** What keeps the vendor from calling this URL; null when it has scheme and host. */
export function urlProblem(url: string): string | null {
  if (!/^https?:\/\/[^/?#\\]/i.test(url) || !URL.canParse(url)) return 'is not an absolute http or https URL';
  const { hostname } = new URL(url);
  return NO_HOST.test(hostname) || !HOST.test(hostname) ? `has no host: "${hostname}" is not one` : null;
}

/** Where something like a callback URL stands that the vendor does not look at, as a JSON Pointer. */
export function misspelt(call: ApiCall): string | null {
  const { operation, body } = call;
  const right = operation?.type === 'submit' ? operation.callbackUrlPointer : null;
  return likelyPlaces(body).find((place) => place !== right) ?? null;
}

/** Whether a submission shall be called back, as far as one can tell. */
export function asksForCallbacks({ run }: Evidence, call: ApiCall): boolean {
  const canBe = call.operation?.type === 'submit' && call.operation.callbackUrlPointer !== null;
  const wasTold = run !== null && run.callbackUrl !== null;
  return canBe && (wasTold || callbackUrlOf(call) !== null || misspelt(call) !== null);
}

function likelyPlaces(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(LIKELY_NAME.test(name) && typeof inner === 'string' && inner !== '' ? [`${at}/${name}`] : []),
    ...likelyPlaces(inner, `${at}/${name}`),
  ]);
}
