import type { Pack } from '../../mock-server/index.ts';
import { cached, groupedBy } from './cached.ts';
import type { ApiCall, TaskLife } from './evidence.ts';
import { operationOf } from './read-call.ts';

/** Names of fields that programs set to a new value for each attempt. */
const NONCE_NAME =
  /^(seed|nonce|salt|metadata|timestamp|time|created_?at|attempt|retry|(external|client|request|trace|correlation|job|order|idempotency|custom|unique|my)?[_-]?(id|uid|uuid|guid|key|ref|reference|token))$/i;
/** Values such as a UUID, a hash, a number of milliseconds, or a date. */
const NONCE_VALUE = /^[\w.:+-]*([\da-f]{8}|\d{4}-\d\d-\d\dT)[\w.:+-]*$/i;

/**
 * Returns a text that identifies the job of a submission, without what differs between two attempts: the callback URL,
 * references, random numbers.
 */
export const jobOf = cached(({ body, operation, entry }: ApiCall): string =>
  operation?.type === 'submit' && typeof body === 'object' && body !== null
    ? essenceOf(operation, body)
    : entry.requestBody,
);

/** Returns the same text for a task, whose call may not be in the journal. */
export function jobOfTask(pack: Pack, { operation: id, request }: TaskLife['plan']): string {
  const operation = operationOf(pack, id);
  return operation?.type === 'submit' ? essenceOf(operation, request) : JSON.stringify(request);
}

type Submit = Extract<Pack['operations'][number], { readonly type: 'submit' }>;

function essenceOf({ id, callbackUrlPointer, parent, promptPointer }: Submit, body: object): string {
  const kept = [promptPointer, parent?.pointer ?? null];
  const essence = (value: unknown, at: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => essence(item, `${at}/${index}`));
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).filter(([name, inner]) => {
      const place = `${at}/${name}`;
      return (
        kept.includes(place) || !(place === callbackUrlPointer || NONCE_NAME.test(name) || isNonce(inner))
      );
    });
    return fields
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, essence(inner, `${at}/${name}`)]);
  };
  return JSON.stringify([id, essence(body, '')]);
}

function isNonce(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 1e8;
  return typeof value === 'string' && NONCE_VALUE.test(value);
}

/** Groups submissions by job, each group in order. */
export function jobsIn(calls: readonly ApiCall[]): ApiCall[][] {
  return [...groupedBy(calls, jobOf).values()];
}
