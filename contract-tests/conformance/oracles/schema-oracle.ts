import {
  callbackOf,
  type DocumentPlace,
  isViolation,
  mediaFor,
  parametersOf,
  pointerTo,
  type Route,
  responseTo,
  routeTo,
  stepInto,
} from './document-routing.ts';
import type { CallbackMessage, Exchange, OpenApiDocument, Oracle, Violation } from './oracle.ts';

/** Judges a value by the schema at a JSON pointer of the document; `at` is a pointer into the value. */
export type SchemaCheck = (schemaPointer: string, value: unknown) => Promise<readonly Violation[]>;

interface OracleMessage {
  readonly part: 'request' | 'response' | 'callback';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface Bench {
  readonly document: OpenApiDocument;
  readonly check: SchemaCheck;
}

type Judging = Promise<readonly Violation[]>;

/** Builds an oracle over any schema engine. It judges routes, parameters, and bodies, but not security. */
export function createSchemaOracle(name: string, document: OpenApiDocument, check: SchemaCheck): Oracle {
  const bench = { document, check };
  return {
    name,
    judgeRequest: (exchange) => judgeRequest(bench, exchange),
    judgeResponse: (exchange) => judgeResponse(bench, exchange),
    judgeCallback: (message) => judgeCallback(bench, message),
  };
}

async function judgeRequest(bench: Bench, exchange: Exchange): Judging {
  const route = routeTo(bench.document, exchange.method, exchange.path);
  if (isViolation(route)) return [route];
  const { requestHeaders: headers, requestBody: body } = exchange;
  const parameters = parametersOf(bench.document, route).filter((place) => place.value.in !== 'cookie');
  const judgments = await Promise.all([
    judgeRequestBody(bench, route.operation, { part: 'request', headers, body }),
    ...parameters.map((place) => judgeParameter(bench, place, valuesFor(place, route, exchange))),
  ]);
  return judgments.flat();
}

async function judgeResponse(bench: Bench, exchange: Exchange): Judging {
  const route = routeTo(bench.document, exchange.method, exchange.path);
  if (isViolation(route)) return [route];
  const response = responseTo(bench.document, route.operation, exchange.status);
  if (isViolation(response)) return [response];
  const { responseHeaders: headers, responseBody: body } = exchange;
  return judgeBody(bench, response, { part: 'response', headers, body });
}

async function judgeCallback(bench: Bench, message: CallbackMessage): Judging {
  const operation = callbackOf(bench.document, message.operationId, message.callback, message.method);
  if (isViolation(operation)) return [operation];
  const { headers, body } = message;
  return judgeRequestBody(bench, operation, { part: 'callback', headers, body });
}

async function judgeRequestBody(bench: Bench, operation: DocumentPlace, message: OracleMessage): Judging {
  const at = `${message.part}.body`;
  const requestBody = stepInto(bench.document, operation, 'requestBody');
  if (message.body === undefined)
    return requestBody?.value.required === true ? [{ at, message: 'is missing' }] : [];
  if (!requestBody) return [{ at, message: 'is not documented for this operation' }];
  return judgeBody(bench, requestBody, message);
}

async function judgeBody(
  bench: Bench,
  holder: DocumentPlace,
  { part, headers, body }: OracleMessage,
): Judging {
  const content = stepInto(bench.document, holder, 'content');
  if (!content || Object.keys(content.value).length === 0) return [];
  const contentType = headerOf(headers, 'content-type');
  const media = mediaFor(bench.document, content, contentType);
  if (!media) {
    const documented = Object.keys(content.value).join(', ');
    return [{ at: `${part}.headers/content-type`, message: `is ${contentType}; expected ${documented}` }];
  }
  if (body === undefined) return [{ at: `${part}.body`, message: 'is missing' }];
  return 'schema' in media.value ? judgeValue(bench, pointerTo(media, 'schema'), body, `${part}.body`) : [];
}

async function judgeParameter(bench: Bench, parameter: DocumentPlace, values: readonly string[]): Judging {
  const at = `request.${parameter.value.in}/${parameter.value.name}`;
  if (values.length === 0) return parameter.value.required === true ? [{ at, message: 'is required' }] : [];
  const schema = stepInto(bench.document, parameter, 'schema');
  if (!schema) return [];
  return judgeValue(bench, pointerTo(schema), coerced(bench.document, schema, values), at);
}

async function judgeValue(bench: Bench, schemaPointer: string, value: unknown, at: string): Judging {
  const violations = await bench.check(schemaPointer, value);
  return violations.map((violation) => ({ at: `${at}${violation.at}`, message: violation.message }));
}

function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

function valuesFor(parameter: DocumentPlace, route: Route, exchange: Exchange): readonly string[] {
  const name = String(parameter.value.name);
  if (parameter.value.in === 'query') return route.query.getAll(name);
  const value =
    parameter.value.in === 'path'
      ? route.pathValues.get(name)
      : headerOf(exchange.requestHeaders, name.toLowerCase());
  return value === undefined ? [] : [value];
}

/**
 * Parameters arrive as strings and are parsed as the schema's plain type. Lists are read in the exploded style only.
 */
function coerced(document: OpenApiDocument, schema: DocumentPlace, values: readonly string[]): unknown {
  const { type } = schema.value;
  if (type === 'array') {
    const items = stepInto(document, schema, 'items');
    return values.map((value) => (items ? coerced(document, items, [value]) : value));
  }
  const text = values[0] ?? '';
  if ((type === 'number' || type === 'integer') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
