import type { OpenAPIV3_1 } from 'openapi-types';
import { decodePercent } from '../core/path-template.ts';
import { Defect } from './defect.ts';
import { atPointer, step } from './pointer.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** An operation of a document, with its place. */
export interface DocumentOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly pointer: string;
  readonly operation: OpenAPIV3_1.OperationObject;
}

/** Lists the operations of a document that have an id. */
export function listOperations(document: OpenAPIV3_1.Document): DocumentOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item?.[method];
      if (operation?.operationId === undefined) return [];
      const pointer = `/paths${step(path)}${step(method)}`;
      return [{ id: operation.operationId, method: method.toUpperCase(), path, pointer, operation }];
    }),
  );
}

/** An example of a request. */
export interface DocumentExample {
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Lists the examples of the JSON body of an operation. */
export function examplesOf(
  document: OpenAPIV3_1.Document,
  { operation }: Pick<DocumentOperation, 'operation'>,
): DocumentExample[] {
  const body = resolve<OpenAPIV3_1.RequestBodyObject>(document, operation.requestBody);
  const examples = Object.entries(body?.content?.['application/json']?.examples ?? {});
  return examples.flatMap(([name, reference]) => {
    const value: unknown = resolve<OpenAPIV3_1.ExampleObject>(document, reference)?.value;
    return typeof value === 'object' && value !== null ? [{ name, value: { ...value } }] : [];
  });
}

/** A callback in the document: its key, which is the expression of its URL, and the pointer to that key. */
export interface DocumentCallback {
  readonly urlExpression: string;
  readonly pointer: string;
}

/** Finds the URL expressions of a callback. @throws {Defect} when the operation does not declare the callback */
export function findCallbacks(
  document: OpenAPIV3_1.Document,
  { operation, pointer }: DocumentOperation,
  name: string,
): DocumentCallback[] {
  const callback = resolve(document, operation.callbacks?.[name]);
  const expressions = Object.keys(callback ?? {});
  if (expressions.length === 0) {
    throw new Defect(`operation ${operation.operationId} declares no callback "${name}" in the document`);
  }
  return expressions.map((urlExpression) => ({
    urlExpression,
    pointer: `${pointer}/callbacks${step(name)}${step(urlExpression)}`,
  }));
}

/**
 * Returns the pointer to the messages of an event: its callback, or else its entry under `webhooks`.
 * @throws {Defect} when the document does not have it
 */
export function findMessages(
  document: OpenAPIV3_1.Document,
  operation: DocumentOperation,
  { callback, webhook }: { readonly callback: string | null; readonly webhook: string | null },
): string {
  const [first] = callback === null ? [] : findCallbacks(document, operation, callback);
  if (first !== undefined) return first.pointer;
  const name = webhook ?? '';
  if (Object.hasOwn(document.webhooks ?? {}, name)) return `/webhooks${step(name)}`;
  throw new Defect(`the document has no webhook "${name}"`);
}

/** Follows a local `$ref`. Schemas do not need it, because the validator follows their references. */
export function resolve<Node>(
  document: OpenAPIV3_1.Document,
  node: Node | OpenAPIV3_1.ReferenceObject | undefined,
  depth = 0,
): Node | undefined {
  if (typeof node !== 'object' || node === null || !('$ref' in node)) return node as Node | undefined;
  const target = pointerOf(node.$ref);
  if (target === null) throw new Defect(outside(node.$ref));
  if (depth > MAX_HOPS) throw new Defect(`$ref "${node.$ref}" is circular`);
  return resolve(document, atPointer(document, target) as Node | undefined, depth + 1);
}

/** Longest chain of references; a longer one is considered circular. */
export const MAX_HOPS = 20;

/** Returns the JSON Pointer of a percent-encoded reference within its document; null for any other value. */
export function pointerOf(reference: unknown): string | null {
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return null;
  return decodePercent(reference.slice(1));
}

/** Returns the message for a reference to another file or address. */
export function outside(reference: unknown): string {
  return `$ref ${JSON.stringify(reference)} refers to another file or address, which is not read; copy its target into this document and refer to it as "#/components/…"`;
}
