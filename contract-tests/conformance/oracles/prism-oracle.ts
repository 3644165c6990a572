import { parse as parseQuery } from 'node:querystring';
import type { SchemaObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { closeSchemas } from './close-schemas.ts';
import { DRAFT_2020_12, isObject, mapOperations, resolved } from './document-routing.ts';
import type {
  CallbackMessage,
  Exchange,
  JsonObject,
  OpenApiDocument,
  Oracle,
  OracleOptions,
  Violation,
} from './oracle.ts';

type PrismLibrary = typeof import('@stoplight/prism-http');
type Components = Parameters<PrismLibrary['createInstance']>[1];
type Prism = ReturnType<PrismLibrary['createInstance']>;
type PrismOperation = Awaited<ReturnType<PrismLibrary['getHttpOperationsFromSpec']>>[number];
type PrismRequest = Parameters<Prism['request']>[0];
type PrismResponse = Parameters<NonNullable<Components['validateOutput']>>[0]['element'];
type MessagePart = 'request' | 'response' | 'callback';

interface Referee {
  readonly library: PrismLibrary;
  readonly operations: PrismOperation[];
  readonly callbacks: PrismOperation[];
}

/** Prism as in proxy mode, except that nothing is sent: the recorded answer replaces the upstream one. */
export function createPrismOracle(document: OpenApiDocument, options: OracleOptions = {}): Oracle {
  let loading: Promise<Referee> | undefined;
  const referee = (): Promise<Referee> => {
    loading ??= loadReferee(options.closed ? closeSchemas(document) : document);
    return loading;
  };
  return {
    name: 'prism',
    judgeRequest: async (exchange) => {
      const { library, operations } = await referee();
      return judge(library, operations, 'request', requestOf(exchange));
    },
    judgeResponse: async (exchange) => {
      const { library, operations } = await referee();
      return judge(library, operations, 'response', requestOf(exchange), responseOf(exchange));
    },
    judgeCallback: async (message) => {
      const { library, callbacks } = await referee();
      return judge(library, callbacks, 'callback', deliveryOf(message));
    },
  };
}

async function loadReferee(document: OpenApiDocument): Promise<Referee> {
  // Imported late because it takes about a second.
  const library = await import('@stoplight/prism-http');
  const { submissions, deliveries } = withCallbacksApart(document);
  const [operations, callbacks] = await Promise.all([
    operationsOf(library, submissions),
    operationsOf(library, deliveries),
  ]);
  return { library, operations, callbacks };
}

/** Prism does not have parameters that span segments, so they match a single one. */
function singleSegments(document: OpenApiDocument): OpenApiDocument {
  const text = JSON.stringify(document);
  return text.includes('{+')
    ? JSON.parse(text.replaceAll('{+', '{').replaceAll('"name":"+', '"name":"'))
    : document;
}

async function operationsOf(library: PrismLibrary, document: OpenApiDocument): Promise<PrismOperation[]> {
  // Without a dialect, Prism uses draft-07. Prism modifies its input.
  const own = structuredClone({ ...singleSegments(document), jsonSchemaDialect: DRAFT_2020_12 });
  const operations = await library.getHttpOperationsFromSpec(own);
  for (const operation of operations) refuseUnusableSchemas(operation);
  return operations;
}

/**
 * Prism reads `operation.callbacks` as a document without a dialect and so as draft-07, and caches the result for
 * every response that shares a schema. Here each callback becomes a path of a second document instead. The API's own
 * `security` is omitted, because it describes calls to the vendor, not calls by the vendor.
 */
function withCallbacksApart(document: OpenApiDocument): { submissions: JsonObject; deliveries: JsonObject } {
  const paths: Record<string, JsonObject> = {};
  const submissions = mapOperations(document, ({ callbacks, ...operation }) => {
    for (const [name, callback] of Object.entries(isObject(callbacks) ? callbacks : {})) {
      const pathItems = Object.values(resolved(document, callback)).map((item) => resolved(document, item));
      paths[callbackPath(String(operation.operationId), name)] = Object.assign({}, ...pathItems.reverse());
    }
    return operation;
  });
  const { security: _, ...rest } = document;
  return { submissions, deliveries: { ...rest, paths } };
}

function callbackPath(operationId: string, callback: string): string {
  return `/${encodeURIComponent(operationId)}/${encodeURIComponent(callback)}`;
}

/** Prism silently treats a schema that does not compile as one that allows everything. */
function refuseUnusableSchemas(operation: PrismOperation): void {
  const bodies = [operation.request?.body, ...operation.responses];
  const bundled = '__bundled__' in operation ? operation.__bundled__ : undefined;
  const ajv = new Ajv2020({ strict: false, logger: false });
  try {
    for (const { schema } of bodies.flatMap((body) => body?.contents ?? [])) {
      if (schema) ajv.compile({ ...schema, __bundled__: bundled } as SchemaObject);
    }
  } catch (cause) {
    throw new Error(`Prism would accept every body of ${operation.method} ${operation.path}: ${cause}`, {
      cause,
    });
  }
}

async function judge(
  library: PrismLibrary,
  operations: PrismOperation[],
  part: MessagePart,
  request: PrismRequest,
  response: PrismResponse = { statusCode: 200 },
): Promise<readonly Violation[]> {
  try {
    const prism = library.createInstance(configFor(part), componentsFor(response));
    const verdict = await prism.request(request, operations)();
    if (verdict._tag === 'Left') return [{ at: part, message: detailOf(verdict.left) }];
    const { input, output } = verdict.right.validations;
    // Ignores severity, because Prism treats an undocumented 404 only as a warning.
    return [...input, ...output]
      .filter(({ code }) => code !== 'deprecated')
      .map(({ path = [], message }) => ({ at: placeIn(part, path), message }));
  } catch (error) {
    return [{ at: part, message: `Prism cannot read the message: ${error}` }];
  }
}

function detailOf(error: Error): string {
  return 'detail' in error ? String(error.detail) : error.message;
}

function placeIn(part: MessagePart, [section, ...rest]: readonly string[]): string {
  return section === undefined ? part : [`${part}.${section}`, ...rest].join('/');
}

function configFor(part: MessagePart): Parameters<PrismLibrary['createInstance']>[0] {
  return {
    isProxy: true,
    errors: true,
    checkSecurity: part !== 'response',
    validateRequest: part !== 'response',
    validateResponse: part === 'response',
    upstream: new URL('http://upstream.invalid'),
    upstreamProxy: undefined,
    mock: { dynamic: false },
  };
}

function componentsFor(response: PrismResponse): Components {
  const logger = { child: () => logger } as unknown as Components['logger'];
  return { logger, forward: () => () => async () => ({ _tag: 'Right', right: response }) };
}

function requestOf({ method, path, requestHeaders, requestBody }: Exchange): PrismRequest {
  const [pathname = '', query = ''] = path.split(/\?(.*)/s);
  return {
    method: method.toLowerCase() as PrismRequest['method'],
    url: { path: pathname, query: { ...(parseQuery(query) as Record<string, string | string[]>) } },
    headers: headersOf(requestHeaders, requestBody),
    body: requestBody,
  };
}

function deliveryOf({ operationId, callback, method, headers, body }: CallbackMessage): PrismRequest {
  return {
    method: method.toLowerCase() as PrismRequest['method'],
    url: { path: callbackPath(operationId, callback) },
    headers: headersOf(headers, body),
    body,
  };
}

function responseOf({ status, responseHeaders, responseBody }: Exchange): PrismResponse {
  return { statusCode: status, headers: withLowerCaseNames(responseHeaders), body: responseBody };
}

function headersOf(headers: Readonly<Record<string, string>>, body: unknown): Record<string, string> {
  // Prism checks the content type of a body only when this indicates one.
  const length =
    body === undefined ? {} : { 'content-length': String(Buffer.byteLength(JSON.stringify(body))) };
  return { ...withLowerCaseNames(headers), ...length };
}

function withLowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
