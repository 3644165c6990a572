import { createRequire } from 'node:module';
import type { OpenAPIV3_1 } from 'openapi-types';
import { checkReferences } from '../check-references.ts';
import { listOperations } from '../document.ts';
import { placeOf } from '../document-schemas.ts';
import { explainViolation, violationOf } from '../explain-violation.ts';
import { step } from '../pointer.ts';
import type { Finding } from './finding.ts';

/** Finds defects of a document, independent of its lifecycle. */
export async function checkDocument(document: OpenAPIV3_1.Document): Promise<Finding[]> {
  const unusable = checkReferences(document);
  if (unusable.length > 0) {
    return unusable.map(({ pointer, message }) => ({
      severity: 'error',
      root: 'document',
      pointer,
      message,
    }));
  }
  return [...(await checkStructure(document)), ...checkSchemas(document)];
}

/** Validates the document against the structure of OpenAPI. */
async function checkStructure(document: OpenAPIV3_1.Document): Promise<Finding[]> {
  const { validate } = await import('@readme/openapi-parser');
  // The parser replaces every reference in its argument.
  const dereferenced = structuredClone(document);
  try {
    // Data that looks like a reference, such as a value in an enum, must not be fetched.
    const result = await validate(dereferenced, { resolve: { external: false } });
    const errors = result.valid ? [] : result.errors;
    return [
      ...errors.map((error) => finding('error', error.message, document, dereferenced)),
      ...result.warnings.map((warning) => finding('warning', warning.message, document, dereferenced)),
    ];
  } catch {
    // The parser throws when a value has a type that it does not handle.
    const message = 'the document is not valid OpenAPI: a value in it has the wrong type';
    return [{ severity: 'error', root: 'document', pointer: '', message }];
  }
}

function finding(
  severity: Finding['severity'],
  text: string,
  document: OpenAPIV3_1.Document,
  dereferenced: object,
): Finding {
  const [first = text] = text.split('\n');
  // In a message with an excerpt, the text after the carets names the key.
  const message = /\^+ (.+)/.exec(text)?.[1] ?? first;
  return { severity, root: 'document', pointer: placeIn(document, text, dereferenced), message };
}

/**
 * Derives the pointer of an error from its text. The parser does not report pointers: it prints an excerpt of its
 * input, or the invalid reference, id or path.
 */
function placeIn(document: OpenAPIV3_1.Document, text: string, dereferenced: object): string {
  const line = /^> *(\d+) \|/m.exec(text)?.[1];
  if (line !== undefined) return placeOf(document, pointerAtLine(dereferenced, Number(line)));
  const reference = /\$ref pointer "([^"]+)"/.exec(text)?.[1];
  if (reference !== undefined) return findReference(document, reference) ?? '';
  const quoted = [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const named = listOperations(document).filter(
    ({ id, path, method }) => quoted.includes(id) || quoted.includes(`/paths${path}/${method.toLowerCase()}`),
  );
  return named.at(-1)?.pointer ?? '';
}

/** Returns the pointer to the value on a line (counted from 1) of JSON printed with an indentation of two spaces. */
function pointerAtLine(value: object, line: number): string {
  const path: string[] = [];
  const seen: number[] = [];
  for (const row of printed(value).slice(0, line)) {
    const entry = row.trimStart();
    const depth = (row.length - entry.length) / 2;
    if (depth === 0 || /^[\]}]/.test(entry)) continue;
    const key = /^("(?:[^"\\]|\\.)*"): /.exec(entry)?.[1];
    seen.length = depth + 1;
    const index = seen[depth] ?? 0;
    seen[depth] = index + 1;
    path.length = depth - 1;
    path.push(key === undefined ? String(index) : JSON.parse(key));
  }
  return path.map(step).join('');
}

function printed(value: object): string[] {
  try {
    return JSON.stringify(value, null, 2).split('\n');
  } catch {
    // A recursive schema becomes a circular object when its references are replaced.
    return [];
  }
}

function findReference(value: unknown, reference: string, pointer = ''): string | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref' && inner === reference) return pointer + step(key);
    const found = findReference(inner, reference, pointer + step(key));
    if (found !== null) return found;
  }
  return null;
}

/** Validates the schemas of the document against JSON Schema, because the parser accepts any schema. */
function checkSchemas(document: OpenAPIV3_1.Document): Finding[] {
  // Schemas in OpenAPI 3.0 use an older dialect.
  if (document.openapi.startsWith('3.0')) return [];
  const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const ajv = new Ajv2020({ strict: false, verbose: true, logger: false });
  return Object.entries(document.components?.schemas ?? {}).flatMap(([name, schema]) => {
    if (ajv.validateSchema(schema)) return [];
    const error = violationOf(ajv.errors ?? []);
    return [
      {
        severity: 'error',
        root: 'document',
        pointer: `/components/schemas${step(name)}${error?.instancePath ?? ''}`,
        message: `not a valid JSON Schema: ${explainViolation(error, null)}`,
      } satisfies Finding,
    ];
  });
}
