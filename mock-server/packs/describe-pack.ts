import type { OpenAPIV3_1 } from 'openapi-types';
import type { Json } from '../core/types.ts';
import { listOperations, resolve } from './document.ts';
import type { Operation, Pack } from './pack.ts';

/** An operation as people call it: where, with what, and an example of it. */
export interface OperationFacts {
  readonly id: string;
  readonly does: Operation['type'];
  readonly method: string;
  /** The OpenAPI path, `{params}` included. */
  readonly path: string;
  readonly summary: string;
  /** The schema of its JSON body, references written out; null when it has none. */
  readonly request: Json;
  readonly example: Json;
  /** Headers that the document requires, and names a value for. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON Pointers into the body; null where there is none. */
  readonly promptAt: string | null;
  readonly callbackUrlAt: string | null;
}

/** A pack for those who know it by HTTP alone. */
export interface PackFacts {
  readonly name: string;
  readonly title: string;
  readonly profile: string;
  readonly operations: readonly OperationFacts[];
  readonly events: readonly string[];
}

export function describePack({ name, title, profile, operations, events, document }: Pack): PackFacts {
  return {
    name,
    title,
    profile,
    operations: operations.map((operation) => describeOperation(document, operation)),
    events: [...events.keys()],
  };
}

function describeOperation(document: OpenAPIV3_1.Document, operation: Operation): OperationFacts {
  const { id, type, method, path } = operation;
  const documented = listOperations(document).find((one) => one.id === id)?.operation;
  const body = resolve<OpenAPIV3_1.RequestBodyObject>(document, documented?.requestBody);
  const content = body?.content['application/json'];
  const [example] = Object.values(content?.examples ?? {});
  const isSubmit = operation.type === 'submit';
  return {
    id,
    does: type,
    method,
    path,
    summary: documented?.summary ?? id,
    request: content?.schema === undefined ? null : (inlined(document, content.schema, 0) as Json),
    example: (resolve<OpenAPIV3_1.ExampleObject>(document, example)?.value ?? null) as Json,
    headers: headersOf(document, documented),
    promptAt: isSubmit ? operation.promptPointer : null,
    callbackUrlAt: isSubmit ? operation.callbackUrlPointer : null,
  };
}

function headersOf(
  document: OpenAPIV3_1.Document,
  operation: OpenAPIV3_1.OperationObject | undefined,
): Record<string, string> {
  const parameters = (operation?.parameters ?? []).map((one) =>
    resolve<OpenAPIV3_1.ParameterObject>(document, one as OpenAPIV3_1.ParameterObject),
  );
  const fixed = parameters.flatMap((parameter) => {
    const schema = parameter?.schema as { readonly const?: unknown; readonly default?: unknown } | undefined;
    const value = schema?.const ?? schema?.default;
    return parameter?.in === 'header' && parameter.required === true && typeof value === 'string'
      ? [[parameter.name, value] as const]
      : [];
  });
  return Object.fromEntries(fixed);
}

/** A schema may refer to itself; a form goes only so deep. */
const DEEPEST = 12;

function inlined(document: OpenAPIV3_1.Document, node: unknown, depth: number): unknown {
  if (depth > DEEPEST) return {};
  const found = resolve<unknown>(document, node);
  if (Array.isArray(found)) return found.map((item) => inlined(document, item, depth + 1));
  if (typeof found !== 'object' || found === null) return found;
  return Object.fromEntries(
    Object.entries(found).map(([key, value]) => [key, inlined(document, value, depth + 1)]),
  );
}
