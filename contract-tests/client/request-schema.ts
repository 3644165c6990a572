import type { Pack } from '../../mock-server/index.ts';
import { cached } from './cached.ts';
import { operationOf } from './read-call.ts';

/** The parts of a JSON Schema that concern field names and lengths. */
export interface RequestSchema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, RequestSchema>>;
  readonly patternProperties?: Readonly<Record<string, RequestSchema>>;
  readonly additionalProperties?: boolean | RequestSchema;
  readonly required?: readonly string[];
  readonly items?: RequestSchema;
  readonly maxLength?: number;
  readonly allOf?: readonly RequestSchema[];
  readonly anyOf?: readonly RequestSchema[];
  readonly oneOf?: readonly RequestSchema[];
  readonly then?: RequestSchema;
  readonly else?: RequestSchema;
}

/** Returns the schema of the request body of an operation; undefined when the document has none. */
export function bodySchemaOf(pack: Pack, operationId: string): RequestSchema | undefined {
  const { document } = pack;
  const operation = operationOf(pack, operationId);
  const item = document.paths?.[operation?.path ?? ''];
  const body = item?.[operation?.method.toLowerCase() as 'post']?.requestBody;
  const { content = {} } = resolved(document, body as RequestSchema | undefined) as {
    content?: Readonly<Record<string, { schema?: RequestSchema }>>;
  };
  return (content['application/json'] ?? Object.values(content)[0])?.schema;
}

/** Returns the schema together with all schemas that it refers to or is composed of. */
export function branchesOf(pack: Pack, schema: RequestSchema | undefined): readonly RequestSchema[] {
  return typeof schema === 'object' && schema !== null ? branchesIn(pack.document)(schema) : [];
}

/** Cached by schema, because all submissions of a journal are checked against the same few. */
const branchesIn = cached((document: Pack['document']) =>
  cached((schema: RequestSchema): readonly RequestSchema[] => spread(document, schema, 0)),
);

function spread(
  document: Pack['document'],
  schema: RequestSchema | undefined,
  depth: number,
): RequestSchema[] {
  if (typeof schema !== 'object' || schema === null || depth > MAX_LEVELS) return [];
  const own = resolved(document, schema);
  const { allOf = [], anyOf = [], oneOf = [] } = own;
  const parts = [...allOf, ...anyOf, ...oneOf, own.then, own.else];
  return [own, ...parts.flatMap((part) => spread(document, part, depth + 1))];
}

/** Returns the schema of a field, merged from all its branches. @param pointer JSON Pointer into the body */
export function schemaAt(pack: Pack, operationId: string, pointer: string): RequestSchema | undefined {
  let branches = branchesOf(pack, bodySchemaOf(pack, operationId));
  for (const name of pointer.slice(1).split('/')) {
    branches = branches.flatMap(({ properties }) => branchesOf(pack, properties?.[name]));
  }
  return branches.length === 0 ? undefined : Object.assign({}, ...branches);
}

/** Maximum depth, because schemas may refer to themselves. */
const MAX_LEVELS = 12;

function resolved(document: Pack['document'], schema: RequestSchema | undefined): RequestSchema {
  let found: unknown = schema ?? {};
  for (let n = 0; n < MAX_LEVELS; n++) {
    const { $ref } = found as RequestSchema;
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
  return found as RequestSchema;
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
