interface Expectation {
  readonly accepts: (value: unknown) => boolean;
  readonly expected: string;
}

const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isList = (accepts: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(accepts);
const isText = (value: unknown): boolean => typeof value === 'string';

const isSchema: Expectation = {
  accepts: (value) => isObject(value) || typeof value === 'boolean',
  expected: 'a schema (an object, true or false)',
};
const number: Expectation = { accepts: (value) => typeof value === 'number', expected: 'a number' };
const count: Expectation = { accepts: isCount, expected: 'a non-negative integer' };
const names: Expectation = { accepts: isObject, expected: 'an object with a schema for each name' };
const schemas: Expectation = {
  accepts: (value) => isList(isSchema.accepts)(value) && (value as unknown[]).length > 0,
  expected: 'a list of schemas',
};

/** Expected values of the keywords that the validator handles. For others, it would throw at the first request. */
const KEYWORDS: Readonly<Record<string, Expectation>> = {
  type: {
    accepts: (value) =>
      TYPES.includes(value as string) || isList((one) => TYPES.includes(one as string))(value),
    expected: `one of ${TYPES.join(', ')}, or a list of these`,
  },
  required: { accepts: isList(isText), expected: 'a list of names' },
  enum: { accepts: (value) => Array.isArray(value) && value.length > 0, expected: 'a list of values' },
  format: { accepts: isText, expected: 'the name of a format' },
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

/** Describes an invalid value of a schema keyword; null when the value is valid or the keyword is unknown. */
export function keywordProblem(keyword: string, value: unknown): string | null {
  return Object.hasOwn(KEYWORDS, keyword) ? problemOf(KEYWORDS[keyword], value) : null;
}

/** Describes a value that is not a schema; null when it is one. */
export function schemaProblem(value: unknown): string | null {
  return problemOf(isSchema, value);
}

function problemOf(expectation: Expectation | undefined, value: unknown): string | null {
  if (expectation === undefined || expectation.accepts(value)) return null;
  return `expected ${expectation.expected}, got ${JSON.stringify(value)}`;
}
