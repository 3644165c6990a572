import type { OpenAPIV3_1 } from 'openapi-types';
import { Defect } from './defect.ts';
import { listOperations, resolve } from './document.ts';
import type { Lifecycle } from './lifecycle.ts';
import { step } from './pointer.ts';
import type { AuthRules, KeyPlace } from './vendor-rules.ts';

/** A security scheme; `x-scheme` is the word before a key in the Authorization header. */
type Scheme = OpenAPIV3_1.SecuritySchemeObject & { readonly 'x-scheme'?: unknown };

/** A requirement of the document or of an operation, with its pointer. */
interface Requirement {
  readonly names: readonly string[];
  readonly pointer: string;
}

/**
 * Compiles where calls send their key, by the security schemes of the document. Schemes in the lifecycle replace those of
 * the document that differ by the scheme of the Authorization header only. Without either, it is a bearer key.
 * @throws {Defect} when a scheme does not exist, or none of them can be mocked
 */
export function compileAuth({ auth }: Lifecycle, document: OpenAPIV3_1.Document): AuthRules {
  const documented = placesOf(document);
  const words = auth?.schemes?.map(inAuthorization);
  const places = words === undefined ? documented : [...words, ...documented.filter((one) => !hasWord(one))];
  return { places: distinct(places.length === 0 ? [inAuthorization('Bearer')] : places) };
}

/** Whether calls of an operation do not need a key, by `security: []`. */
export function isPublic({ security }: OpenAPIV3_1.OperationObject): boolean {
  return security?.length === 0;
}

function hasWord({ name, scheme }: KeyPlace): boolean {
  return name === 'authorization' && scheme !== null;
}

function placesOf(document: OpenAPIV3_1.Document): KeyPlace[] {
  const defined = document.components?.securitySchemes ?? {};
  const used = requirementsOf(document);
  const names = used.flatMap((requirement) => requirement.names.map((name) => ({ name, requirement })));
  const missing = names.find(({ name }) => !Object.hasOwn(defined, name));
  if (missing !== undefined) {
    throw new Defect(
      `"${missing.name}" is not defined under components/securitySchemes`,
      missing.requirement.pointer,
      'document',
    );
  }
  // Documents often define their schemes without a requirement that names them.
  const chosen = names.length > 0 ? names.map(({ name }) => name) : Object.keys(defined);
  const places = chosen.map((name) => placeOf(resolve<Scheme>(document, defined[name] as Scheme)));
  const mocked = places.filter((place) => place !== null);
  if (chosen.length > 0 && mocked.length === 0) {
    throw new Defect(
      'none of the schemes in use can be mocked; expected a key in a header or in the query',
      `/components/securitySchemes${step(chosen[0] ?? '')}`,
      'document',
    );
  }
  return mocked;
}

/** Returns the requirements of the document and of its operations; several names of one requirement are alternatives. */
function requirementsOf(document: OpenAPIV3_1.Document): Requirement[] {
  const read = (security: readonly object[] | undefined, at: string): Requirement[] =>
    (security ?? []).map((one, index) => ({ names: Object.keys(one), pointer: `${at}/security/${index}` }));
  return [
    ...read(document.security, ''),
    ...listOperations(document).flatMap(({ operation, pointer }) => read(operation.security, pointer)),
  ];
}

/** Returns the place of a key; null for schemes without one, such as client certificates. */
function placeOf(scheme: Scheme | undefined): KeyPlace | null {
  switch (scheme?.type) {
    case 'http':
      return inAuthorization(scheme.scheme);
    case 'oauth2':
    case 'openIdConnect':
      return inAuthorization('Bearer');
    case 'apiKey':
      if (scheme.in === 'query') return inQuery(scheme.name);
      return scheme.in === 'header' ? inHeader(scheme.name, scheme['x-scheme']) : null;
    default:
      return null;
  }
}

function inAuthorization(scheme: string): KeyPlace {
  // Documents write the registered schemes in lower case, and clients with a capital.
  const shown = scheme.slice(0, 1).toUpperCase() + scheme.slice(1);
  return {
    in: 'header',
    name: 'authorization',
    scheme: scheme.toLowerCase(),
    text: `Authorization: ${shown} KEY`,
  };
}

function inHeader(name: string, scheme: unknown): KeyPlace {
  if (typeof scheme !== 'string') {
    return { in: 'header', name: name.toLowerCase(), scheme: null, text: `${name}: KEY` };
  }
  return {
    in: 'header',
    name: name.toLowerCase(),
    scheme: scheme.toLowerCase(),
    text: `${name}: ${scheme} KEY`,
  };
}

function inQuery(name: string): KeyPlace {
  return { in: 'query', name, scheme: null, text: `?${name}=KEY` };
}

function distinct(places: readonly KeyPlace[]): KeyPlace[] {
  return [...new Map(places.map((place) => [place.text.toLowerCase(), place])).values()];
}
