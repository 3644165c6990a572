import { createRequire } from 'node:module';
import type { ErrorObject, SchemaObject, ValidateFunction } from 'ajv';
import type { JournalType, Stamp } from './journal-entry.ts';

/** Returns the reason why a value is not a valid journal entry; null when it is. */
export type CheckEntry = (value: Readonly<Record<string, unknown>>) => string | null;

/**
 * Creates a check for entries read from a file. Each schema is compiled when the first entry of its type is read: most
 * files have few types, and a mock without a data folder needs none.
 */
export function createEntryCheck(): CheckEntry {
  const { Ajv } = createRequire(import.meta.url)('ajv') as typeof import('ajv');
  const ajv = new Ajv({ allowUnionTypes: true, verbose: true });
  const validators = new Map<string, ValidateFunction>();

  function validatorOf(type: string): ValidateFunction | undefined {
    let validate = validators.get(type);
    if (validate !== undefined || !Object.hasOwn(ENTRY_SCHEMAS, type)) return validate;
    validate = ajv.compile(ENTRY_SCHEMAS[type as JournalType]);
    validators.set(type, validate);
    return validate;
  }

  return (value) => {
    const { type } = value;
    const validate = typeof type === 'string' ? validatorOf(type) : undefined;
    if (validate === undefined) return `has the unknown type ${shown(type)}`;
    return validate(value) ? null : explain(validate.errors?.[0]);
  };
}

function explain(error: ErrorObject | undefined): string {
  if (error === undefined) return 'is not a journal entry';
  const at = error.instancePath === '' ? '' : ` at ${error.instancePath}`;
  if (error.keyword === 'required') return `has no ${shown(error.params.missingProperty)}${at}`;
  return `has ${shown(error.data)}${at}, which ${error.message ?? 'is not valid'}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };
const flag = { type: 'boolean' };
const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const number = { ...count, minimum: 1 };
const duration = { type: 'number', minimum: 0, maximum: 1e15 };
const status = { type: ['integer', 'null'], minimum: 100, maximum: 599 };
/** From year 1 to the end of year 9999, so that the year has four digits. */
const time = { type: 'number', minimum: -62_135_596_800_000, maximum: 253_402_300_799_999 };
const id = { type: 'string', minLength: 1 };
/** The digest of a request, its count, and the generation of the count; see SubmissionCounts. */
const seed = { type: 'string', pattern: '^[0-9a-f]{32}(\\.\\d{1,9}){1,2}$' };
const idOrNull = { type: ['string', 'null'], minLength: 1 };

type Properties = Readonly<Record<string, object>>;

function object(properties: Properties): SchemaObject {
  return { type: 'object', required: Object.keys(properties), properties };
}

function orNull(schema: SchemaObject): SchemaObject {
  return { ...schema, type: [schema.type, 'null'] };
}

function listOf(items: SchemaObject, least = 0): SchemaObject {
  return { type: 'array', items, minItems: least };
}

/** Adds required properties for one of several types. */
function withMore(type: string, properties: Properties, schema: SchemaObject): SchemaObject {
  const isThatType = { type: 'object', required: ['type'], properties: { type: { const: type } } };
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  return { ...schema, if: isThatType, then: object(properties) };
}

const deliveryId = { type: 'string', pattern: '^d[1-9][0-9]{0,8}$' };

/** Absent from entries about callbacks. */
const kind = { enum: ['handshake'] };

const delivery = object({
  id: deliveryId,
  event: text,
  state: text,
  url: text,
  dueAt: time,
  after: orNull(deliveryId),
  flaw: { enum: [null, 'lost-ack', 'malformed', 'truncated', 'forged'] },
  retries: orNull(count),
});

const scenario = object({
  name: text,
  failure: textOrNull,
  submit: orNull(withMore('code', { code: text }, object({ type: { enum: ['code', 'reset', 'slow'] } }))),
  polls: listOf(
    withMore(
      'code',
      { code: text },
      object({ type: { enum: ['code', 'reset', 'truncated'] }, times: orNull(count) }),
    ),
  ),
  hidden: flag,
  callback: {
    enum: [
      ...[null, 'never', 'late', 'duplicate', 'concurrent-duplicate', 'before-response', 'lost-ack'],
      ...['malformed', 'truncated', 'forged'],
    ],
  },
  media: { enum: [null, 'dribble', 'hang', '503', 'truncated', 'expired'] },
  course: { enum: [null, 'long', 'back-and-forth', 'unknown', 'unready'] },
});

const plan = object({
  taskId: id,
  pack: text,
  operation: text,
  kind: text,
  account: id,
  scenario,
  origin: text,
  request: { type: 'object' },
  requestText: textOrNull,
  pathParams: { type: ['object', 'null'], additionalProperties: text },
  parentId: idOrNull,
  submittedAt: time,
  visibleAt: time,
  steps: listOf(object({ state: text, at: time }), 1),
  outcome: withMore(
    'failure',
    { slug: text },
    object({ type: { enum: ['success', 'failure', 'canceled'] } }),
  ),
  slot: orNull(object({ readyAt: time, fromAt: time, untilAt: time })),
  abandonedState: textOrNull,
  mediaExpiresAt: orNull(time),
  callbacks: listOf(delivery),
});

const attempt = object({
  n: number,
  at: time,
  wallAt: time,
  outcome: {
    enum: [
      ...['acknowledged', 'rejected', 'timeout', 'refused', 'reset', 'dns', 'tls', 'redirect', 'blocked'],
      'interrupted',
    ],
  },
  status,
  firstByteMs: orNull(duration),
  durationMs: duration,
  answer: text,
  detail: textOrNull,
});

const headers = {
  type: 'object',
  additionalProperties: { type: ['string', 'array'], items: { type: 'string' } },
};

const stamp: Readonly<Record<keyof Stamp, SchemaObject>> = { seq: number, at: time, wallAt: time };

/** Creates the schema of an entry. @param later properties that entries of older versions do not have */
function record(properties: Properties, later: Properties = {}): SchemaObject {
  const { required, properties: always } = object({ ...stamp, ...properties });
  return { type: 'object', required, properties: { ...always, ...later } };
}

const ofDelivery = { taskId: id, deliveryId, event: text };

/** The required properties of entries on disk; additional ones are ignored. */
export const ENTRY_SCHEMAS: Readonly<Record<JournalType, SchemaObject>> = {
  'request.answered': record({
    route: { enum: ['operation', 'not-mocked', 'unknown', 'preflight'] },
    pack: textOrNull,
    operation: textOrNull,
    does: { enum: ['submit', 'poll', 'cancel', 'delete', 'answer', 'list', 'upload', 'webhook', null] },
    meant: textOrNull,
    account: idOrNull,
    taskId: idOrNull,
    method: text,
    url: text,
    headers,
    requestBody: text,
    status,
    answer: text,
    error: textOrNull,
    state: textOrNull,
    retryAfter: textOrNull,
    durationMs: duration,
  }),
  'media.served': record({
    taskId: idOrNull,
    name: text,
    method: text,
    range: textOrNull,
    hasKey: flag,
    status,
    bytesSent: count,
    bytesTotal: count,
    start: count,
    fileSize: count,
    completed: flag,
    whole: flag,
    durationMs: duration,
  }),
  'task.submitted': record({ taskId: id, plan }, { seed }),
  'task.changed': record({ taskId: id, state: text, index: number }),
  'task.amended': record({ taskId: id, plan, reason: text }),
  'task.expired': record({ taskId: id }),
  'task.forgotten': record({ taskId: id }),
  'delivery.promised': record({ taskId: id, delivery }),
  'attempt.started': record({ ...ofDelivery, n: number, url: text, headers, body: text }, { kind }),
  'attempt.ended': record({ ...ofDelivery, url: text, attempt }, { kind, nextAt: time }),
  'delivery.settled': record(
    { ...ofDelivery, status: { enum: ['acknowledged', 'abandoned'] }, attempts: count },
    { kind, endpoint: id },
  ),
  'endpoint.created': record({ endpointId: id, pack: text, account: id, body: { type: 'object' } }),
  'endpoint.updated': record({
    endpointId: id,
    body: { type: 'object' },
    status: { enum: ['enabled', 'disabled', 'failing'] },
    rotation: count,
  }),
  'endpoint.deleted': record({ endpointId: id }),
  'endpoint.disabled': record({ endpointId: id, failures: count }),
  'endpoint.pinged': record({ endpointId: id, url: text, body: text, outcome: text, status }),
  'upload.stored': record({
    ...{ uploadId: id, pack: text, account: id, name: text, contentType: text, size: count },
    ...{ content: textOrNull, file: textOrNull, isAnnounced: { type: 'boolean' }, expiresAt: number },
  }),
  'upload.forgotten': record({ uploadId: id }),
  'scenario.queued': record({
    scenario: id,
    times: { ...number, maximum: Number.MAX_SAFE_INTEGER },
    account: idOrNull,
  }),
  'scenario.taken': record({ scenario: id, account: id }),
  'scenario.cleared': record({ account: idOrNull }),
  'sink.received': record({ url: text, n: number, status: { enum: [200, 500] }, body: text }),
  'clock.moved': record({ fromAt: time, toAt: time }),
  'pack.reloaded': record({ pack: text, profile: text }),
  'pack.refused': record({ pack: text, problem: text }),
  'journal.cleared': record({}),
  'server.reset': record({}),
};
