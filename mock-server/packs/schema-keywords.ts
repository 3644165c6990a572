interface Expectation {
  readonly holds: (value: unknown) => boolean;
  readonly expected: string;
}

const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isList = (holds: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(holds);
const isText = (value: unknown): boolean => typeof value === 'string';

const isSchema: Expectation = {
  holds: (value) => isObject(value) || typeof value === 'boolean',
  expected: 'a schema (an object, true or false)',
};
const number: Expectation = { holds: (value) => typeof value === 'number', expected: 'a number' };
const count: Expectation = { holds: isCount, expected: 'a whole number from 0' };
const names: Expectation = { holds: isObject, expected: 'an object with a schema for each name' };
const schemas: Expectation = {
  holds: (value) => isList(isSchema.holds)(value) && (value as unknown[]).length > 0,
  expected: 'a list of schemas',
};

/** What the validator needs of the keywords that it knows. It would throw when a request first needs the schema. */
const KEYWORDS: Readonly<Record<string, Expectation>> = {
  type: {
    holds: (value) =>
      TYPES.includes(value as string) || isList((one) => TYPES.includes(one as string))(value),
    expected: `one of ${TYPES.join(', ')}, or a list of these`,
  },
  required: { holds: isList(isText), expected: 'a list of names' },
  enum: { holds: (value) => Array.isArray(value) && value.length > 0, expected: 'a list of values' },
  format: { holds: isText, expected: 'the name of a format' },
  minimum: number,
  maximum: number,
  multipleOf: number,
  minLength: count,
  maxLength: count,
  minItems: count,
  maxItems: count,
  minProperties: count,
  maxProperties: count,
  properties: names,
  patternProperties: names,
  items: isSchema,
  additionalProperties: isSchema,
  not: isSchema,
  if: isSchema,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: isSchema,
  else: isSchema,
  allOf: schemas,
  anyOf: schemas,
  oneOf: schemas,
};

/** What is wrong with the value of a keyword in a schema; null when nothing is, or when the keyword is not known. */
export function keywordTrouble(keyword: string, value: unknown): string | null {
  return Object.hasOwn(KEYWORDS, keyword) ? troubleOf(KEYWORDS[keyword], value) : null;
}

/** What is wrong with a value that must be a schema; null when nothing is. */
export function schemaTrouble(value: unknown): string | null {
  return troubleOf(isSchema, value);
}

function troubleOf(expectation: Expectation | undefined, value: unknown): string | null {
  if (expectation === undefined || expectation.holds(value)) return null;
  return `expected ${expectation.expected}, got ${JSON.stringify(value)}`;
}
