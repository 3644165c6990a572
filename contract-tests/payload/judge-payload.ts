import { CodedError, type Pack, type PackEvent } from '../../mock-server/index.ts';
import { createMessageValidator, didYouMean, type MessageProblem } from '../../mock-server/internal.ts';

/** Contract violations of one message; `problems` is empty for a valid message. */
export interface PayloadVerdict {
  /** Vendor pages that define the shape of the message. */
  readonly pages: readonly string[];
  readonly problems: readonly MessageProblem[];
}

/**
 * Judges the body of a callback.
 * @throws {CodedError} EVENT_UNKNOWN
 */
export function judgeCallback(packs: readonly Pack[], name: string, body: unknown): PayloadVerdict {
  const { pack, event } = findEvent(packs, name);
  const problems = validatorOf(pack).callback(event, body);
  return {
    pages: pagesOf(pack, `/events/${name}`),
    problems: problems ?? undescribed(`the event "${name}"`),
  };
}

/**
 * Judges the body of an answer.
 * @param operation its operationId
 * @param status HTTP status (default: 200)
 * @throws {CodedError} OPTION_INVALID for an unknown pack or operation
 */
export function judgeAnswer(
  packs: readonly Pack[],
  packName: string,
  operation: string,
  body: unknown,
  status = 200,
): PayloadVerdict {
  const pack = packs.find(({ name }) => name === packName);
  if (pack === undefined)
    throw notFound(
      'pack',
      packName,
      packs.map(({ name }) => name),
    );
  const known = pack.operations.map(({ id }) => id);
  if (!known.includes(operation)) throw notFound('operation', operation, known);
  const problems = validatorOf(pack).answer(operation, status, body);
  return {
    pages: pagesOf(pack, `/operations/${operation}`),
    problems: problems ?? undescribed(`"${operation}" with HTTP ${status}`),
  };
}

/**
 * Returns the schema violations of a request body; none when the document describes no body.
 * @param operation its operationId
 */
export function requestProblems(pack: Pack, operation: string, body: unknown): readonly MessageProblem[] {
  return validatorOf(pack).request(operation, body) ?? [];
}

const validators = new WeakMap<Pack, ReturnType<typeof createMessageValidator>>();

function validatorOf(pack: Pack) {
  const validator = validators.get(pack) ?? createMessageValidator(pack);
  validators.set(pack, validator);
  return validator;
}

export function findEvent(packs: readonly Pack[], name: string): { pack: Pack; event: PackEvent } {
  for (const pack of packs) {
    const event = pack.events.get(name);
    if (event !== undefined) return { pack, event };
  }
  const known = packs.flatMap((pack) => [...pack.events.keys()]);
  throw new CodedError(
    'EVENT_UNKNOWN',
    `unknown event "${name}"`,
    didYouMean(name, known, `Known events: ${known.join(', ')}.`),
  );
}

/** Returns the pages of the facts about this part of the pack, or of all its facts when this part has none. */
function pagesOf(pack: Pack, at: string): string[] {
  const about = pack.facts.filter((fact) => fact.at.startsWith(at));
  const facts = about.some(({ pages = [] }) => pages.length > 0) ? about : pack.facts;
  const names = new Set(facts.flatMap(({ pages = [] }) => pages));
  return [...names].map((name) => pack.pages[name]?.title ?? name);
}

function undescribed(what: string): MessageProblem[] {
  return [{ at: '', message: `the OpenAPI document describes no body for ${what}` }];
}

function notFound(what: string, name: string, known: readonly string[]): CodedError {
  return new CodedError(
    'OPTION_INVALID',
    `unknown ${what} "${name}"`,
    didYouMean(name, known, `Known ${what}s: ${known.join(', ')}.`),
  );
}
