import type { OpenAPIV3_1 } from 'openapi-types';
import { Defect, step } from './defect.ts';
import { atPointer } from './expressions.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

export interface DocumentOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly pointer: string;
  readonly operation: OpenAPIV3_1.OperationObject;
}

/** Every operation of a document that has an id. */
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

/** A callback in the document: the expression of its URL, which is its key, and where that key stands. */
export interface DocumentCallback {
  readonly urlExpression: string;
  readonly pointer: string;
}

export function findCallback(
  document: OpenAPIV3_1.Document,
  { operation, pointer }: DocumentOperation,
  name: string,
): DocumentCallback {
  const callback = resolve(document, operation.callbacks?.[name]);
  const [urlExpression] = Object.keys(callback ?? {});
  if (urlExpression === undefined) {
    throw new Defect(`operation ${operation.operationId} declares no callback "${name}" in the document`);
  }
  return { urlExpression, pointer: `${pointer}/callbacks${step(name)}${step(urlExpression)}` };
}

/** Follows a local `$ref`; schemas are left to the validator, which follows its own. */
export function resolve<Node>(
  document: OpenAPIV3_1.Document,
  node: Node | OpenAPIV3_1.ReferenceObject | undefined,
  depth = 0,
): Node | undefined {
  if (typeof node !== 'object' || node === null || !('$ref' in node)) return node as Node | undefined;
  const target = pointerOf(node.$ref);
  if (target === null) throw new Defect(outside(node.$ref));
  if (depth > MOST_HOPS) throw new Defect(`"${node.$ref}" refers to itself`);
  return resolve(document, atPointer(document, target) as Node | undefined, depth + 1);
}

/** No document needs a longer chain of references; one that is longer leads back to itself. */
export const MOST_HOPS = 20;

/** The JSON Pointer of a reference inside its document; null for anything else. A reference is percent-encoded. */
export function pointerOf(reference: unknown): string | null {
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return null;
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return reference.slice(1);
  }
}

/** Why a reference is refused that leads out of its document. */
export function outside(reference: unknown): string {
  return `$ref ${JSON.stringify(reference)} leads out of this file, and other files and addresses are not read: copy what it refers to into this document, and refer to it by "#/components/…"`;
}
