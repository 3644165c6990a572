import type { SubmitOperation } from '../../../fixtures/clients/pack-calls.ts';
import type { Pack } from '../../../mock-server/index.ts';
import type { Announcing } from './promises.ts';

interface FieldSchema {
  readonly $ref?: string;
  readonly 'x-sentence'?: string;
  readonly required?: readonly string[];
  readonly allOf?: readonly FieldSchema[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

export function requiredFields(pack: Pack, operation: SubmitOperation): string[] {
  return [...new Set(requestSchemas(pack, operation).flatMap(({ required = [] }) => required))];
}

/** Returns the sentence that names a missing field: the vendor's own, or the usual one. */
export function sentenceAbout(pack: Pack, operation: SubmitOperation, field: string): string {
  const own = requestSchemas(pack, operation).find(({ required = [] }) => required.includes(field));
  return own?.['x-sentence'] ?? `${field} is required`;
}

/** Returns the field in which a request selects signals: the one from which the pack reads a list. */
export function filterField(pack: Pack, operation: Announcing): string {
  const fields = requestSchemas(pack, operation).flatMap(({ properties = {} }) => Object.keys(properties));
  const found = fields.find((field) => Array.isArray(operation.event.wantedBy?.({ [field]: ['x'] })));
  if (found === undefined) throw new Error(`"${operation.id}" has no field that selects signals`);
  return found;
}

/** Returns the schema of a request and all schemas that it is composed of. */
function requestSchemas({ document }: Pack, { method, path }: SubmitOperation): FieldSchema[] {
  const item = document.paths?.[path]?.[method.toLowerCase() as 'post'];
  const body = item?.requestBody as
    | { content: Readonly<Record<string, { schema?: FieldSchema }>> }
    | undefined;
  const open = ({ $ref, allOf = [], ...own }: FieldSchema): FieldSchema[] => [
    own,
    ...($ref === undefined ? [] : open(atReference(document, $ref))),
    ...allOf.flatMap(open),
  ];
  return open(body?.content['application/json']?.schema ?? {});
}

function atReference(document: unknown, reference: string): FieldSchema {
  const parts = reference.replace('#/', '').split('/');
  return parts.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], document) as FieldSchema;
}
