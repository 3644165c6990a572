import type { Faker } from '@faker-js/faker';
import { faker as english } from '@faker-js/faker/locale/en';
import type { OpenAPIV3_1 } from 'openapi-types';
import type { JsonObject } from '../core/types.ts';
import { examplesOf, listOperations } from './document.ts';
import type { Pack, SubmitOperation } from './pack.ts';
import { pointerParts } from './pointer.ts';

/** Fields to set in a sample, by JSON Pointer. */
export type SampleFields = Readonly<Record<string, string | undefined>>;

/**
 * Creates a request from one of the document's examples, with a generated prompt and the given fields.
 * @param example name of the example (default: the first)
 */
export function sampleRequest(
  pack: Pack,
  operation: SubmitOperation,
  fields: SampleFields,
  seed: string,
  example?: string,
): JsonObject {
  const sample = structuredClone(exampleOf(pack.document, operation.id, example));
  const prompt = operation.promptPointer;
  if (prompt !== null) setAt(sample, prompt, fillerPrompt(seed));
  for (const [pointer, value] of Object.entries(fields))
    if (value !== undefined) setAt(sample, pointer, value);
  return sample as JsonObject;
}

function exampleOf(
  document: OpenAPIV3_1.Document,
  id: string,
  name: string | undefined,
): Record<string, unknown> {
  const found = listOperations(document).find((operation) => operation.id === id);
  if (found !== undefined && found.operation.requestBody === undefined) return {};
  const examples = found === undefined ? [] : examplesOf(document, found);
  const example = name === undefined ? examples[0] : examples.find((one) => one.name === name);
  if (example !== undefined) return example.value;
  throw new Error(`the document does not have an example request for operation "${id}"`);
}

/**
 * Generates a prompt with a separate Faker instance, because servers would share the one of the library. The instance
 * is derived from that one, because the main entry of the package loads all languages.
 */
function fillerPrompt(seed: string): string {
  const faker = new (english.constructor as typeof Faker)({ locale: english.rawDefinitions });
  faker.seed([...seed].map((letter) => letter.charCodeAt(0)));
  const { adjective, noun, verb } = faker.word;
  return `A ${adjective()} ${noun()} learns to ${verb()} in ${faker.location.city()}, filmed in one take`;
}

function setAt(target: Record<string, unknown>, pointer: string, value: string): void {
  const parts = pointerParts(pointer);
  const last = parts.pop();
  let place = target;
  for (const part of parts) {
    const inner = Object.hasOwn(place, part) ? place[part] : undefined;
    const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
    place[part] = next;
    place = next;
  }
  // A field that is a list in the example gets a list.
  if (last !== undefined) place[last] = Array.isArray(place[last]) ? [value] : value;
}
