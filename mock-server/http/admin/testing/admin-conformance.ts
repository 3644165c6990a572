import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { PACKAGE_ROOT } from '../../../packs/package-root.ts';
import { readYamlFile } from '../../../packs/yaml-file.ts';

// Every answer in the tests of the admin API is validated against spec/admin.openapi.yaml: an operation, status, content
// type, header or key that the document lacks fails the test. The tests of each resource must cause every status that
// is documented for it.

export type Tree = Readonly<Record<string, unknown>>;

/** A node of the document and its JSON Pointer. */
export interface Place {
  readonly pointer: string;
  readonly node: Tree;
}

export const DOCUMENT = readYamlFile(join(PACKAGE_ROOT, 'spec/admin.openapi.yaml')).value as Tree;
export const ROOT: Place = { pointer: '', node: DOCUMENT };
export const METHODS = ['get', 'post', 'delete'];

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
ajvFormats.default(ajv);
// Keywords of OpenAPI, and the top level of the document, which Ajv meets on its way to the schemas.
ajv.addVocabulary(['discriminator', 'example', ...Object.keys(DOCUMENT)]);
ajv.addSchema(DOCUMENT, 'admin');

/** Returns the violations of the schema at the pointer. */
export function violations(pointer: string, value: unknown): string[] {
  const reference = `admin#${pointer.split('/').map(encodeURIComponent).join('/')}`;
  const check = ajv.getSchema(reference) ?? ajv.compile({ $ref: reference });
  if (check(value)) return [];
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

/** Walks down the document and follows references. */
export function walk(from: Place | undefined, ...keys: readonly string[]): Place | undefined {
  return keys.reduce<Place | undefined>((place, key) => {
    const next = place?.node[key];
    if (place === undefined || !isTree(next)) return undefined;
    if (typeof next.$ref === 'string') return walk(ROOT, ...next.$ref.slice(2).split('/'));
    return { pointer: `${place.pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, node: next };
  }, from);
}

export function keysOf(place: Place | undefined): string[] {
  return Object.keys(place?.node ?? {});
}

/** Returns the documented path that matches the path of a call. */
export function templateOf(path: string): string | undefined {
  return keysOf(walk(ROOT, 'paths')).find((template) =>
    new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
}

/** Returns the description of an answer: that of its operation or, for unknown calls, that of the components. */
function describedAt(
  method: string,
  path: string,
  status: number,
): { name: string; place: Place | undefined } {
  const template = templateOf(path);
  if (template === undefined) return stray('CallUnknown', 404, status);
  const operation = walk(ROOT, 'paths', template, method.toLowerCase());
  if (operation === undefined) return stray('MethodUnknown', 405, status);
  const name = `${method.toLowerCase()} ${template} ${status}`;
  return { name, place: walk(operation, 'responses', String(status)) };
}

function stray(
  response: string,
  expected: number,
  status: number,
): { name: string; place: Place | undefined } {
  const place = status === expected ? walk(ROOT, 'components', 'responses', response) : undefined;
  return { name: response, place };
}

/** Names of what the answers so far have shown. */
export const exercised = new Set<string>();

/** An answer as it was received. */
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Returns every violation of the document in an answer. */
export function violationsIn(method: string, path: string, answer: Received): string[] {
  const { name, place } = describedAt(method, path, answer.status);
  if (place === undefined) return [`${method} ${path}: ${answer.status} is not documented: ${answer.text}`];
  exercised.add(name);
  const missing = keysOf(walk(place, 'headers')).flatMap((header) => {
    const value = answer.headers[header.toLowerCase()];
    const described = walk(place, 'headers', header);
    if (described === undefined || (described.node.required === false && value === undefined)) return [];
    return violations(`${described.pointer}/schema`, value).map((why) => `${header}: ${why}`);
  });
  return [...missing, ...violationsInBody(place, answer)].map((why) => `${name}: ${why}`);
}

function violationsInBody(place: Place, { headers, text }: Received): string[] {
  const content = walk(place, 'content');
  const type = headers['content-type']?.split(';')[0];
  if (content === undefined) return text === '' && type === undefined ? [] : [`a body: ${type} ${text}`];
  const media = type === undefined ? undefined : walk(content, type);
  if (media === undefined) return [`the content type is ${type}`];
  const value: unknown = type?.endsWith('json') ? JSON.parse(text) : text;
  for (const entry of Array.isArray(value) ? value : []) noteEntry(entry);
  return violations(`${media.pointer}/schema`, value);
}

/** Notes the type of a journal entry. */
export function noteEntry(entry: unknown): void {
  if (isTree(entry) && typeof entry.type === 'string') exercised.add(`journal entry ${entry.type}`);
}

/** Returns whether the document allows the parameters and the body of a call. */
export function isDocumentedCall(method: string, target: string, body: unknown): boolean {
  const [path = '', query] = target.split('?');
  const item = walk(ROOT, 'paths', templateOf(path) ?? '');
  const operation = walk(item, method.toLowerCase());
  const parameters = keysOf(walk(operation, 'parameters')).map((n) => walk(operation, 'parameters', n));
  const given = [...new URLSearchParams(query)];
  if (new Set(given.map(([name]) => name)).size < given.length) return false;
  const fits = given.every(([name, value]) =>
    parameters.some((parameter) => parameter?.node.name === name && isOfParameter(parameter, value)),
  );
  if (body === undefined && walk(operation, 'requestBody')?.node.required !== true) return fits;
  const schema = walk(operation, 'requestBody', 'content', 'application/json');
  return fits && (schema === undefined || violations(`${schema.pointer}/schema`, body).length === 0);
}

function isOfParameter({ pointer, node }: Place, value: string): boolean {
  const isNumber = isTree(node.schema) && node.schema.type === 'integer' && /^\d+$/.test(value);
  return (
    node.in === 'query' && violations(`${pointer}/schema`, isNumber ? Number(value) : value).length === 0
  );
}

/** Returns the objects with examples and a schema: media types and parameters. */
export function holdersOfExamples(place: Place): Place[] {
  const isHolder = 'schema' in place.node && ('examples' in place.node || 'example' in place.node);
  const beneath = keysOf(place)
    .filter((key) => !isTree(place.node[key]) || !('$ref' in (place.node[key] as Tree)))
    .flatMap((key) => walk(place, key) ?? []);
  return [...(isHolder ? [place] : []), ...beneath.flatMap(holdersOfExamples)];
}

/** Returns every violation of a schema in its examples. */
export function violationsInExamples(holder: Place): string[] {
  const named = keysOf(walk(holder, 'examples')).map((key) => walk(holder, 'examples', key)?.node.value);
  const values = 'example' in holder.node ? [...named, holder.node.example] : named;
  return values.flatMap((value) =>
    violations(`${holder.pointer}/schema`, value).map((why) => holder.pointer + why),
  );
}
