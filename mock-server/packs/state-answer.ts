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
  /** Name of a media file of the task, whose bytes are the body. */
  readonly media?: string;
  /** Where the client is sent. */
  readonly redirect?: string;
}

/** Values of the headers of an answer; those without a value are left out. */
export type HeaderTemplates<Context> = (context: Context) => Readonly<Record<string, string>>;

/** A compiled answer, or a body with the default status. */
export interface CompiledAnswer<Context> {
  readonly status: number;
  /** Null without headers of its own. */
  readonly headersOf: HeaderTemplates<Context> | null;
  readonly body: Template<Context>;
  /** Name of the media file that is the body; absent otherwise. */
  readonly media?: string;
}

const KEYS: ReadonlySet<string> = new Set(['status', 'headers', 'body', 'media', 'redirect']);

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
  { language, template, media }: AnswerCompiler<Context>,
): CompiledAnswer<Context> {
  const parts = answerPartsOf(source);
  if (parts === null) return { status, headersOf: null, body: template(source, language) };
  const { body } = parts;
  checkParts(parts, media);
  return {
    status: parts.status,
    headersOf: under(parts.redirect === undefined ? '/headers' : '', () =>
      compileHeaders(headersOf(parts), language),
    ),
    body: body === undefined ? () => '' : under('/body', () => template(body, language)),
    ...(parts.media === undefined ? {} : { media: parts.media }),
  };
}

interface AnswerCompiler<Context> {
  readonly language: Language<Context>;
  readonly template: typeof compileTemplate;
  /** The media files that the answer can consist of; none by default. */
  readonly media?: ReadonlyMap<string, unknown>;
}

/** @throws {Defect} when an answer has more than one body, or no such file */
function checkParts(
  { status, body, media, redirect }: AnswerParts,
  known: ReadonlyMap<string, unknown> = new Map(),
): void {
  const bodies = Object.entries({ body, media, redirect }).filter(([, value]) => value !== undefined);
  if (bodies.length > 1)
    throw new Defect(`only one of ${bodies.map(([key]) => key).join(' and ')} is possible`);
  if (media !== undefined && !known.has(media)) {
    const names = [...known.keys()].join(', ');
    const because =
      names === '' ? 'this answer cannot consist of media' : `expected one of ${names}, got "${media}"`;
    throw new Defect(because, '/media');
  }
  if (redirect !== undefined && (status < 300 || status > 399)) {
    throw new Defect(`expected a status from 300 to 399 because of "redirect", got ${status}`, '/status');
  }
}

function headersOf({ headers, redirect }: AnswerParts): Readonly<Record<string, string>> | undefined {
  return redirect === undefined ? headers : { ...headers, location: redirect };
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
  /** Name of the media file that is sent instead of the body. */
  readonly media?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Renders a compiled answer. */
export function renderAnswer<Context>(
  { status, headersOf, body, media }: CompiledAnswer<Context>,
  context: Context,
): StateAnswer {
  const text = body(context);
  const answer =
    headersOf === null ? { status, body: text } : { status, body: text, headers: headersOf(context) };
  return media === undefined ? answer : { ...answer, media };
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
