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
  if (!node.$ref.startsWith('#/')) {
    throw new Defect(`"${node.$ref}" lies outside the document: put everything into one file`);
  }
  if (depth > 20) throw new Defect(`"${node.$ref}" refers to itself`);
  return resolve(document, atPointer(document, node.$ref.slice(1)) as Node | undefined, depth + 1);
}
