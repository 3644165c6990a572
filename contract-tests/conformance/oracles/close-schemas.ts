import { isObject, mapOperations, mapValues, resolved } from './document-routing.ts';
import type { JsonObject, OpenApiDocument } from './oracle.ts';

/**
 * Returns a copy of the document whose response and callback schemas reject unlisted keys. Requests stay open:
 * schemas shared by both directions are copied under a separate name (`VideoTask.closed`).
 *
 * `unevaluatedProperties: false` is set on the outermost schema of each object, because only that one sees the keys
 * that `$ref`, `allOf`, `oneOf`, and conditions list beneath it. Conditions (`if`, `then`, `else`, `not`,
 * `dependentSchemas`) stay unchanged, so an object whose keys only a condition lists stays open.
 */
export function closeSchemas(document: OpenApiDocument): OpenApiDocument {
  const copies = new Map<string, JsonObject>();
  const close = schemaCloser(document, copies);
  const closeContent = (holder: unknown): JsonObject => {
    const message = resolved(document, holder);
    if (!isObject(message.content)) return message;
    const content = mapValues(message.content, (media) =>
      isObject(media) && 'schema' in media ? { ...media, schema: close(media.schema) } : media,
    );
    return { ...message, content };
  };
  const closeDelivery = (operation: unknown): unknown =>
    isObject(operation) && 'requestBody' in operation
      ? { ...operation, requestBody: closeContent(operation.requestBody) }
      : operation;
  const closeCallback = (callback: unknown): JsonObject =>
    mapValues(resolved(document, callback), (pathItem) =>
      mapValues(resolved(document, pathItem), closeDelivery),
    );

  const closed = mapOperations(document, (operation) => ({
    ...operation,
    ...('responses' in operation && { responses: mapValues(operation.responses, closeContent) }),
    ...('callbacks' in operation && { callbacks: mapValues(operation.callbacks, closeCallback) }),
  }));
  return { ...closed, components: withSchemas(closed.components, Object.fromEntries(copies)) };
}

function withSchemas(components: unknown, schemas: JsonObject): JsonObject {
  if (!isObject(components)) return { schemas };
  return { ...components, schemas: { ...mapValues(components.schemas, (schema) => schema), ...schemas } };
}

/** Closes a schema where a value is first described; referenced schemas are copied to `copies` and closed beneath. */
function schemaCloser(
  document: OpenApiDocument,
  copies: Map<string, JsonObject>,
): (schema: unknown) => unknown {
  const close = (schema: unknown): unknown => {
    if (!isObject(schema)) return schema;
    refuseSplitObjects(document, schema);
    const closed = closeBeneath(schema);
    if (listedKeys(document, schema).size === 0) return closed;
    const type = impliedTypes(document, schema);
    // Ajv's strict mode requires a type next to a keyword for objects.
    return { ...(type && { type }), ...closed, unevaluatedProperties: false };
  };

  /** Closes a schema among others that describe the same value; the outermost one rejects unlisted keys. */
  const closeBeneath = (schema: JsonObject): JsonObject =>
    mapValues(schema, (value, keyword) => beneath.get(keyword)?.(value) ?? value);
  const closeBranch = (branch: unknown): unknown => (isObject(branch) ? closeBeneath(branch) : branch);

  const eachProperty = (properties: unknown): unknown => mapValues(properties, close);
  const eachBranch = (branches: unknown): unknown => schemasIn(branches).map(closeBranch);
  const beneath = new Map<string, (value: unknown) => unknown>([
    ['$ref', (ref) => refToCopy(String(ref))],
    ['properties', eachProperty],
    ['patternProperties', eachProperty],
    ['items', (items) => close(items)],
    ['additionalProperties', (values) => close(values)],
    ['prefixItems', (items) => schemasIn(items).map(close)],
    ['allOf', eachBranch],
    ['oneOf', eachBranch],
    ['anyOf', eachBranch],
  ]);

  const refToCopy = (ref: string): string => {
    const name = /^#\/components\/schemas\/([^/]+)$/.exec(ref)?.[1];
    if (!name) throw new Error(`closeSchemas follows references to #/components/schemas only, got "${ref}".`);
    const copy = `${name}.closed`;
    if (!copies.has(copy)) {
      // Registered before it is built, because a schema may refer to itself.
      copies.set(copy, {});
      copies.set(copy, closeBeneath(resolved(document, { $ref: ref })));
    }
    return `#/components/schemas/${copy}`;
  };

  return close;
}

const ALTERNATIVES: readonly string[] = ['oneOf', 'anyOf'];
const CONDITIONS: readonly string[] = ['if', 'then', 'else'];

/** One of the schemas that describe the same value. */
interface Facet {
  readonly schema: JsonObject;
  /** Whether it applies only under a condition. */
  readonly conditional: boolean;
  /** The branch chosen at each alternative on the way here. */
  readonly taken: ReadonlyMap<unknown, unknown>;
}

function facetsOf(document: OpenApiDocument, from: Facet): readonly Facet[] {
  const { schema } = from;
  const deeper = (branch: unknown, change: Partial<Facet> = {}): readonly Facet[] =>
    isObject(branch) ? facetsOf(document, { ...from, schema: branch, ...change }) : [];
  const alternatives = ALTERNATIVES.flatMap((keyword) => {
    const branches = schemasIn(schema[keyword]);
    return branches.flatMap((branch) => deeper(branch, { taken: new Map(from.taken).set(branches, branch) }));
  });
  const conditions = [...CONDITIONS.map((keyword) => schema[keyword]), ...valuesIn(schema.dependentSchemas)];
  return [
    from,
    ...('$ref' in schema ? deeper(resolved(document, schema)) : []),
    ...schemasIn(schema.allOf).flatMap((branch) => deeper(branch)),
    ...alternatives,
    ...conditions.flatMap((condition) => deeper(condition, { conditional: true })),
  ];
}

function allFacets(document: OpenApiDocument, schema: unknown): readonly Facet[] {
  return isObject(schema) ? facetsOf(document, { schema, conditional: false, taken: new Map() }) : [];
}

function schemasIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function valuesIn(value: unknown): readonly unknown[] {
  return isObject(value) ? Object.values(value) : [];
}

function keysOf(facets: readonly Facet[]): ReadonlySet<string> {
  return new Set(
    facets.flatMap(({ schema }) => (isObject(schema.properties) ? Object.keys(schema.properties) : [])),
  );
}

function listedKeys(document: OpenApiDocument, schema: unknown): ReadonlySet<string> {
  return keysOf(allFacets(document, schema).filter(({ conditional }) => !conditional));
}

/**
 * `allOf: [{ data: { a } }, { data: { b } }]`: closing the first `data` would reject `b`, and no single schema sees
 * both. Such a document has to be rewritten before it can be closed.
 */
function refuseSplitObjects(document: OpenApiDocument, schema: JsonObject): void {
  const facets = allFacets(document, schema);
  for (const one of facets.filter(({ conditional }) => !conditional)) {
    for (const key of keysOf([one])) {
      const listed = listedKeys(document, propertyOf(one, key));
      const others = facets.filter((other) => other !== one && mayMeet(one, other));
      const elsewhere = keysOf(others.flatMap((other) => allFacets(document, propertyOf(other, key))));
      const split = [...elsewhere].find((name) => listed.size > 0 && !listed.has(name));
      if (split)
        throw new Error(`closeSchemas cannot close "${key}": "${split}" is listed in another place.`);
    }
  }
}

function propertyOf(facet: Facet, key: string): unknown {
  const { properties } = facet.schema;
  return isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

function mayMeet(one: Facet, other: Facet): boolean {
  return [...one.taken].every(
    ([choice, branch]) => !other.taken.has(choice) || other.taken.get(choice) === branch,
  );
}

/** Returns the types that a value must have by this schema, even without `type`. */
function impliedTypes(document: OpenApiDocument, schema: unknown): readonly string[] | undefined {
  if (!isObject(schema)) return undefined;
  if ('type' in schema) return [schema.type].flat().map(String);
  if ('$ref' in schema) return impliedTypes(document, resolved(document, schema));
  const alternatives = ALTERNATIVES.flatMap((keyword) => schemasIn(schema[keyword]));
  const types = alternatives.map((branch) => impliedTypes(document, branch));
  if (types.length > 0 && types.every((type) => type !== undefined)) return [...new Set(types.flat())];
  return schemasIn(schema.allOf)
    .map((branch) => impliedTypes(document, branch))
    .find((type) => type !== undefined);
}
