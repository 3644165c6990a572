import { createRandom } from '../../core/random.ts';
import type { JsonObject } from '../../core/types.ts';
import { compileIdForm } from '../compile-ids.ts';
import type { WebhooksSource } from '../delivery-source.ts';
import { pointerParts } from '../pointer.ts';
import type { EndpointStatus, EndpointView } from '../webhooks.ts';

const STATUSES: readonly EndpointStatus[] = ['enabled', 'disabled', 'failing'];

/** Returns an endpoint in each status. @param url where its callbacks go */
export function sampleEndpoints(source: WebhooksSource | undefined, url: string): EndpointView[] {
  if (source === undefined) return [];
  const body = bodyWith(source.url, url);
  const secret = source.secret === undefined ? null : `${source.secret.prefix ?? ''}${'0'.repeat(32)}`;
  const id = createRandom('the endpoint of a dry run').id(compileIdForm(source.id));
  return STATUSES.map((status) => ({ id, status, body, secret, createdAt: AT, updatedAt: AT }));
}

/** A fixed time, so that every dry run is the same. */
const AT = Date.UTC(2026, 0, 1);

/** Returns a body with a value at the pointer of `$request.body#/a/b`. */
function bodyWith(expression: string, value: string): JsonObject {
  const parts = pointerParts(expression.slice(expression.indexOf('#') + 1));
  return parts.reduceRight<JsonObject | string>((inner, part) => ({ [part]: inner }), value) as JsonObject;
}
