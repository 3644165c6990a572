import type { Pack } from '../../mock-server/index.ts';
import type { ApiCall, TaskLife } from './evidence.ts';

/** Names of fields that programs fill anew for each attempt. */
const NONCE_NAME =
  /^(seed|nonce|salt|metadata|timestamp|time|created_?at|attempt|retry|(external|client|request|trace|correlation|job|order|idempotency|custom|unique|my)?[_-]?(id|uid|uuid|guid|key|ref|reference|token))$/i;
/** A value like a UUID, a hash, a count of milliseconds, a date. */
const NONCE_VALUE = /^[\w.:+-]*([\da-f]{8}|\d{4}-\d\d-\d\dT)[\w.:+-]*$/i;

/**
 * What a submission is for, without what differs between two attempts: where its callback goes, references, random
 * numbers. Two submissions of one job have the same text.
 */
export function jobOf({ body, operation, entry }: ApiCall): string {
  return operation?.type === 'submit' && typeof body === 'object' && body !== null
    ? essenceOf(operation, body)
    : entry.requestBody;
}

/** The same of a task, whose call may not be in the journal. */
export function jobOfTask({ operations }: Pack, { operation: id, request }: TaskLife['plan']): string {
  const operation = operations.find((one) => one.id === id);
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

/** Those of these submissions that are for the same job, in order. */
export function triesOf(call: ApiCall, among: readonly ApiCall[]): ApiCall[] {
  return among.filter((other) => jobOf(other) === jobOf(call));
}

/** The same submissions, by job. */
export function jobsIn(calls: readonly ApiCall[]): ApiCall[][] {
  const jobs = new Map<string, ApiCall[]>();
  for (const call of calls) jobs.set(jobOf(call), [...(jobs.get(jobOf(call)) ?? []), call]);
  return [...jobs.values()];
}
