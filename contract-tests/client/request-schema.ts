import type { Pack } from '../../mock-server/index.ts';
import { oncePer } from './once-per.ts';
import { operationOf } from './read-call.ts';

/** A JSON Schema, as far as names of fields are concerned. */
export interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxLength?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly then?: Schema;
  readonly else?: Schema;
}

/** The schema of the body that an operation accepts; undefined when the document describes none. */
export function bodySchemaOf(pack: Pack, operationId: string): Schema | undefined {
  const { document } = pack;
  const operation = operationOf(pack, operationId);
  const item = document.paths?.[operation?.path ?? ''];
  const body = item?.[operation?.method.toLowerCase() as 'post']?.requestBody;
  const { content = {} } = resolved(document, body as Schema | undefined) as {
    content?: Readonly<Record<string, { schema?: Schema }>>;
  };
  return (content['application/json'] ?? Object.values(content)[0])?.schema;
}

/** The schema with all that it refers to or is composed of. */
export function branchesOf(pack: Pack, schema: Schema | undefined): readonly Schema[] {
  return typeof schema === 'object' && schema !== null ? branchesIn(pack.document)(schema) : [];
}

/** Once for each schema of a document: every submission of a journal is held against the same few. */
const branchesIn = oncePer((document: Pack['document']) =>
  oncePer((schema: Schema): readonly Schema[] => spread(document, schema, 0)),
);

function spread(document: Pack['document'], schema: Schema | undefined, depth: number): Schema[] {
  if (typeof schema !== 'object' || schema === null || depth > MOST_LEVELS) return [];
  const own = resolved(document, schema);
  const { allOf = [], anyOf = [], oneOf = [] } = own;
  const parts = [...allOf, ...anyOf, ...oneOf, own.then, own.else];
  return [own, ...parts.flatMap((part) => spread(document, part, depth + 1))];
}

/** What the schema of a field says, wherever it says so. @param pointer JSON Pointer into the body */
export function schemaAt(pack: Pack, operationId: string, pointer: string): Schema | undefined {
  let branches = branchesOf(pack, bodySchemaOf(pack, operationId));
  for (const name of pointer.slice(1).split('/')) {
    branches = branches.flatMap(({ properties }) => branchesOf(pack, properties?.[name]));
  }
  return branches.length === 0 ? undefined : Object.assign({}, ...branches);
}

/** Schemas may refer to themselves. */
const MOST_LEVELS = 12;

function resolved(document: Pack['document'], schema: Schema | undefined): Schema {
  let found: unknown = schema ?? {};
  for (let n = 0; n < MOST_LEVELS; n++) {
    const { $ref } = found as Schema;
    if ($ref === undefined || !$ref.startsWith('#/')) break;
    found = $ref
      .slice(2)
      .split('/')
      .reduce<unknown>(
        (node, step) => (node as Record<string, unknown> | undefined)?.[unescaped(step)],
        document,
      );
    if (typeof found !== 'object' || found === null) return {};
  }
  return found as Schema;
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
