import { bodyPointer, type Evaluate, type Language } from './expressions.ts';

/** A file in a body. Without a name or a type, these are empty. */
export interface ReceivedFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** Values of a request for the expressions of an operation. */
export interface RequestParts {
  query(name: string): string | undefined;
  header(name: string): string | undefined;
  readonly pathParams: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Files in a body that is not JSON, by field; the whole body has an empty name. */
  readonly files?: ReadonlyMap<string, ReceivedFile>;
  /** Fresh id of the answer; absent where nothing is answered. */
  readonly id?: string;
}

/** Language of expressions about the request of an operation, such as the place of the task id. */
export const REQUEST_LANGUAGE: Language<RequestParts> = {
  settings: { zoneOffsetMs: 0 },
  roots: { request: partOfRequest },
};

/** Compiles a path such as `query.id`, `body#/a` or `id`; null for any other. */
export function partOfRequest(path: string): Evaluate<RequestParts> | null {
  if (path === 'id') return ({ id }) => id;
  const inBody = bodyPointer(path);
  if (inBody !== null) return ({ body }) => inBody(body);
  const [, place, name = ''] = /^(query|header|path)\.(.+)$/.exec(path) ?? [];
  if (place === 'query') return (request) => request.query(name);
  if (place === 'header') return (request) => request.header(name);
  if (place === 'path') return ({ pathParams }) => own(pathParams, name);
  return null;
}

/** Returns a value by its name. Inherited properties are not values. */
export function own(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
