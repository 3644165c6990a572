import type { JsonObject, OpenApiDocument, Violation } from './oracle.ts';

/** The dialect of every oracle, which OpenAPI 3.1 defines as the default. */
export const DRAFT_2020_12 = 'https://json-schema.org/draft/2020-12/schema';

const METHODS: ReadonlySet<string> = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
]);

/** An object of the document and the keys that lead to it, with references resolved. */
export interface DocumentPlace {
  readonly keys: readonly string[];
  readonly value: JsonObject;
}

export interface Route {
  readonly pathItem: DocumentPlace;
  readonly operation: DocumentPlace;
  readonly pathValues: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

export function isViolation(value: object): value is Violation {
  return 'message' in value && 'at' in value;
}

export function pointerTo(place: DocumentPlace, ...more: readonly string[]): string {
  return [...place.keys, ...more]
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** Resolves a local reference (`#/components/…`). */
function placeOfRef(document: OpenApiDocument, ref: string): DocumentPlace {
  if (!ref.startsWith('#/'))
    throw new Error(`Only references inside the document are supported, got "${ref}".`);
  const keys = ref
    .slice(2)
    .split('/')
    .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'));
  const place = stepInto(document, { keys: [], value: document }, ...keys);
  if (!place) throw new Error(`"${ref}" does not exist in the document.`);
  return place;
}

export function stepInto(
  document: OpenApiDocument,
  from: DocumentPlace,
  ...keys: readonly string[]
): DocumentPlace | undefined {
  let place: DocumentPlace = from;
  for (const key of keys) {
    const value = Object.hasOwn(place.value, key) ? place.value[key] : undefined;
    if (!isObject(value)) return undefined;
    place = followed(document, { keys: [...place.keys, key], value });
  }
  return place;
}

function followed(document: OpenApiDocument, place: DocumentPlace): DocumentPlace {
  return typeof place.value.$ref === 'string' ? placeOfRef(document, place.value.$ref) : place;
}

/** Returns the object itself or the object it refers to. */
export function resolved(document: OpenApiDocument, value: unknown): JsonObject {
  return isObject(value) ? followed(document, { keys: [], value }).value : {};
}

function childrenOf(document: OpenApiDocument, place: DocumentPlace | undefined): DocumentPlace[] {
  if (!place) return [];
  return Object.keys(place.value).flatMap((key) => stepInto(document, place, key) ?? []);
}

function rootPlace(document: OpenApiDocument, key: string): DocumentPlace | undefined {
  return stepInto(document, { keys: [], value: document }, key);
}

/** Matches `path` literally and ignores the base paths of `servers`. */
export function routeTo(document: OpenApiDocument, method: string, path: string): Route | Violation {
  const [pathname = '', query = ''] = path.split(/\?(.*)/s);
  const paths = rootPlace(document, 'paths');
  const match = Object.keys(paths?.value ?? {})
    .flatMap((template) => {
      const pathValues = valuesInPath(template, pathname);
      return pathValues ? [{ template, pathValues }] : [];
    })
    .sort((a, b) => a.pathValues.size - b.pathValues.size)[0];
  const pathItem = paths && match && stepInto(document, paths, match.template);
  if (!pathItem) return { at: 'request.path', message: `${pathname} is not in the document` };
  const operation = operationOf(document, pathItem, method);
  if (!operation) return { at: 'request.method', message: `${method} ${pathname} is not in the document` };
  return { pathItem, operation, pathValues: match.pathValues, query: new URLSearchParams(query) };
}

function operationOf(
  document: OpenApiDocument,
  pathItem: DocumentPlace,
  method: string,
): DocumentPlace | undefined {
  const key = method.toLowerCase();
  return METHODS.has(key) ? stepInto(document, pathItem, key) : undefined;
}

function valuesInPath(template: string, pathname: string): ReadonlyMap<string, string> | undefined {
  const parts = template.split(/\{([^}]+)\}/);
  const names = parts.filter((_, index) => index % 2 === 1);
  const pattern = parts
    .map((part, index) => (index % 2 === 1 ? '([^/]+)' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  const found = new RegExp(`^${pattern}$`).exec(pathname);
  return found
    ? new Map(names.map((name, index) => [name, percentDecoded(found[index + 1] ?? '')]))
    : undefined;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns the parameters of the path and of the operation, which takes precedence. */
export function parametersOf(document: OpenApiDocument, route: Route): readonly DocumentPlace[] {
  const all = [route.pathItem, route.operation].flatMap((place) =>
    childrenOf(document, stepInto(document, place, 'parameters')),
  );
  return [...new Map(all.map((place) => [`${place.value.in}:${place.value.name}`, place])).values()];
}

export function responseTo(
  document: OpenApiDocument,
  operation: DocumentPlace,
  status: number,
): DocumentPlace | Violation {
  const responses = stepInto(document, operation, 'responses');
  const code = [String(status), `${String(status)[0]}XX`, 'default'].find(
    (key) => responses && Object.hasOwn(responses.value, key),
  );
  const response = responses && code && stepInto(document, responses, code);
  return response || { at: 'response.status', message: `${status} is not documented for this operation` };
}

/** Returns the callback's operation. With several address expressions, the first one with the method is used. */
export function callbackOf(
  document: OpenApiDocument,
  operationId: string,
  callback: string,
  method: string,
): DocumentPlace | Violation {
  const declared = operationsOf(document)
    .filter((operation) => operation.value.operationId === operationId)
    .flatMap((operation) => stepInto(document, operation, 'callbacks', callback) ?? []);
  if (declared.length === 0) {
    return { at: 'callback', message: `operation "${operationId}" declares no callback "${callback}"` };
  }
  const operation = declared
    .flatMap((place) => childrenOf(document, place))
    .flatMap((pathItem) => operationOf(document, pathItem, method) ?? [])[0];
  return operation ?? { at: 'callback.method', message: `${method} is not documented for "${callback}"` };
}

function operationsOf(document: OpenApiDocument): readonly DocumentPlace[] {
  return childrenOf(document, rootPlace(document, 'paths')).flatMap((pathItem) =>
    Object.keys(pathItem.value).flatMap((key) => operationOf(document, pathItem, key) ?? []),
  );
}

/** Returns the media type object for a body of this type: exact matches first, then ranges such as `image/*`. */
export function mediaFor(
  document: OpenApiDocument,
  content: DocumentPlace,
  contentType: string | undefined,
): DocumentPlace | undefined {
  const type = essenceOf(contentType ?? '');
  const key = [type, `${type.split('/')[0]}/*`, '*/*']
    .flatMap((wanted) => Object.keys(content.value).find((listed) => essenceOf(listed) === wanted) ?? [])
    .at(0);
  return type && key ? stepInto(document, content, key) : undefined;
}

function essenceOf(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

/** Returns a new document in which every operation under `paths` is replaced; the given document is unchanged. */
export function mapOperations(
  document: OpenApiDocument,
  replace: (operation: JsonObject) => JsonObject,
): OpenApiDocument {
  const paths = rootPlace(document, 'paths');
  const replaced = mapValues(paths?.value, (_, path) => {
    const pathItem = paths && stepInto(document, paths, path);
    return mapValues(pathItem?.value, (value, key) =>
      METHODS.has(key) && isObject(value) ? replace(value) : value,
    );
  });
  return { ...document, paths: replaced };
}

export function mapValues(
  value: unknown,
  replace: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, replace(child, key)]));
}
