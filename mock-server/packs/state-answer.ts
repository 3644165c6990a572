import type { Json } from '../core/types.ts';
import { Defect, under } from './defect.ts';
import type { Language } from './expressions.ts';
import { step } from './pointer.ts';
import { asText, type compileTemplate, compileText, type Template } from './template.ts';

/** An answer in a pack, with a status and headers of its own. */
interface AnswerParts {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** Values of the headers of an answer; those without a value are left out. */
export type HeaderTemplates<Context> = (context: Context) => Readonly<Record<string, string>>;

/** A compiled answer, or a body with the default status. */
export interface CompiledAnswer<Context> {
  readonly status: number;
  /** Null without headers of its own. */
  readonly headersOf: HeaderTemplates<Context> | null;
  readonly body: Template<Context>;
}

const KEYS: ReadonlySet<string> = new Set(['status', 'headers', 'body']);

/** Headers that depend on the connection and the length of the body. */
const NOT_ALLOWED: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'trailer',
]);

/** Returns the parts of an answer; null when the source is a body, which does not consist of an HTTP status and other parts. */
export function answerPartsOf(source: Json): AnswerParts | null {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) return null;
  const { status } = source as { readonly status?: unknown };
  const isStatus = Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599;
  return isStatus && Object.keys(source).every((key) => KEYS.has(key))
    ? (source as unknown as AnswerParts)
    : null;
}

/** Compiles an answer, or a body with the default status. @throws {Defect} with the pointer inside the answer */
export function compileStateAnswer<Context>(
  source: Json,
  status: number,
  { language, template }: { readonly language: Language<Context>; readonly template: typeof compileTemplate },
): CompiledAnswer<Context> {
  const parts = answerPartsOf(source);
  if (parts === null) return { status, headersOf: null, body: template(source, language) };
  const { body, headers } = parts;
  return {
    status: parts.status,
    headersOf: under('/headers', () => compileHeaders(headers, language)),
    body: body === undefined ? () => '' : under('/body', () => template(body, language)),
  };
}

/** Compiles the headers of an answer; null without any. @throws {Defect} for a header that an answer cannot have */
export function compileHeaders<Context>(
  headers: Readonly<Record<string, string>> | undefined,
  language: Language<Context>,
): HeaderTemplates<Context> | null {
  if (headers === undefined) return null;
  const compiled = Object.entries(headers).map(([name, source]) =>
    under(step(name), () => {
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new Defect(`"${name}" is not the name of a header`);
      if (NOT_ALLOWED.has(name.toLowerCase())) throw new Defect(`"${name}" is set by the mock; remove it`);
      if (typeof source !== 'string') throw new Defect('expected a text');
      return [name.toLowerCase(), compileText(source, language)] as const;
    }),
  );
  return (context) => {
    const values: Record<string, string> = {};
    for (const [name, evaluate] of compiled) {
      const value = evaluate(context);
      if (value !== undefined && value !== null) values[name] = headerSafe(asText(value));
    }
    return values;
  };
}

/** Encodes characters that a header cannot have, because a value may come from a request. */
function headerSafe(text: string): string {
  return text.replace(/[^\t\x20-\x7e]/gu, (character) =>
    /\p{Surrogate}/u.test(character) ? '?' : encodeURIComponent(character),
  );
}

/** An answer as it is sent. */
export interface StateAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Renders a compiled answer. */
export function renderAnswer<Context>(
  { status, headersOf, body }: CompiledAnswer<Context>,
  context: Context,
): StateAnswer {
  const text = body(context);
  return headersOf === null ? { status, body: text } : { status, body: text, headers: headersOf(context) };
}

/** Renders the answer of an operation that has only one. */
export function renderSole<Context>(
  { status, headersOf, answer }: SoleAnswer<Context>,
  context: Context,
): StateAnswer {
  return renderAnswer({ status, headersOf, body: answer }, context);
}

/** The answer of an operation that has only one. */
interface SoleAnswer<Context> extends Omit<CompiledAnswer<Context>, 'body'> {
  readonly answer: Template<Context>;
}
