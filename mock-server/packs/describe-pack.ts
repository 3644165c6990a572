import type { OpenAPIV3_1 } from 'openapi-types';
import type { Json } from '../core/types.ts';
import { listOperations, resolve } from './document.ts';
import type { Operation, Pack } from './pack.ts';

/** An operation from the caller's view: its route, the schema of its body, and an example. */
export interface OperationFacts {
  readonly id: string;
  readonly does: Operation['type'];
  readonly method: string;
  /** Path as in the OpenAPI document, with `{params}`. */
  readonly path: string;
  readonly summary: string;
  /** Schema of its JSON body, with references resolved; null without a body. */
  readonly request: Json;
  readonly example: Json;
  /** Required headers for which the document specifies a value. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON Pointer to the prompt in the body; null without one. */
  readonly promptAt: string | null;
  /** JSON Pointer to the callback URL in the body; null without one. */
  readonly callbackUrlAt: string | null;
  /** Query parameter with the callback URL; null without one. */
  readonly callbackUrlIn: string | null;
}

/** Description of a pack for clients of the admin API. */
export interface PackFacts {
  readonly name: string;
  readonly title: string;
  readonly profile: string;
  /** Where requests have their key, such as `Authorization: Bearer KEY`; empty without one. */
  readonly key: string;
  readonly operations: readonly OperationFacts[];
  readonly events: readonly string[];
}

/** Describes a pack for clients of the admin API. */
export function describePack({ name, title, profile, auth, operations, events, document }: Pack): PackFacts {
  return {
    name,
    title,
    profile,
    key: auth.places[0]?.text ?? '',
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
    callbackUrlIn: isSubmit ? operation.callbackUrlParameter : null,
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

/** Nesting depth at which a resolved schema is cut off, because a schema may refer to itself. */
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
