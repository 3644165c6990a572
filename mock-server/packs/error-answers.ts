import type { Json } from '../core/types.ts';
import { under } from './defect.ts';
import { fieldsOf, type Language } from './expressions.ts';
import type { ErrorAnswerSource, ErrorRole, ErrorsSource } from './lifecycle.ts';
import type { RequestParts } from './request-parts.ts';
import { partOfRequest } from './request-parts.ts';
import { type CompiledAnswer, compileHeaders, type HeaderTemplates, renderAnswer } from './state-answer.ts';
import { compileTemplate } from './template.ts';

/** A complete answer of a vendor route. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Name of the media file that is sent instead of the body. */
  readonly media?: string;
  /** Code of the error; missing when the answer is not an error. */
  readonly error?: string;
}

/** Error answers of a vendor, by role and by code. */
export interface ErrorAnswers {
  /** Codes of the vendor, in the order of the pack. */
  readonly codes: readonly string[];
  /** Returns the code for a role; null without one. */
  codeOf(role: ErrorRole): string | null;
  /**
   * Returns the answer for a role.
   * @param detail sentence that names the field (default: the vendor's text)
   * @param request call that the answer repeats parts of
   * @param field path of the invalid field, which begins with its place in the request (default: the body)
   */
  forRole(
    role: ErrorRole,
    detail?: string,
    request?: RequestParts | undefined,
    field?: readonly string[],
  ): Answer;
  /** Returns the answer with a code; null when the vendor does not have that code. */
  forCode(code: string, request?: RequestParts): Answer | null;
}

interface ErrorContext {
  readonly code: number | string;
  readonly message: string;
  readonly field: readonly string[];
  readonly request: RequestParts | undefined;
}

interface Entry {
  readonly status: number;
  readonly code: number | string;
  readonly message: string;
  /** Null for the body and the headers that all codes share. */
  readonly own: Pick<CompiledAnswer<ErrorContext>, 'body' | 'headersOf'> | null;
}

/** Compiles the error answers of a pack. */
export function compileErrorAnswers(source: ErrorsSource): ErrorAnswers {
  const shared = compileShared(source);
  const { byCode, byRole } = compileCodes(source, shared);
  const whole = compileWholeAnswers(source, shared);
  const fallback = byRole.get('internal') ?? [...byCode.values()].at(-1);
  // Vendors do not have a code for this. It must not look like a missing task or a temporary failure.
  if (!byRole.has('notMocked')) byRole.set('notMocked', notImplemented(source));
  const render = (
    { status, code, message, own }: Entry,
    { detail, request, field = BODY }: Reason,
  ): Answer => ({
    ...renderAnswer({ ...(own ?? shared), status }, { code, message: detail ?? message, request, field }),
    error: String(code),
  });
  return {
    codes: [...byCode.keys()],
    codeOf(role) {
      const entry = byRole.get(role);
      return entry === undefined ? null : String(entry.code);
    },
    forRole(role, detail, request, field = BODY) {
      const special = whole.get(role);
      const entry = byRole.get(role) ?? fallback;
      if (special !== undefined) return renderWhole(special, entry, { detail, request, field });
      if (entry === undefined) return { status: 500, body: '{}', error: '500' };
      return render(entry, { detail, request, field });
    },
    forCode(code, request) {
      const entry = byCode.get(code);
      return entry === undefined ? null : render(entry, { request });
    },
  };
}

/** What an answer says about the call that it refuses. */
interface Reason {
  readonly detail?: string | undefined;
  readonly request?: RequestParts | undefined;
  readonly field?: readonly string[];
}

/** The field of an error that is not about a single one. */
const BODY: readonly string[] = ['body'];

const EMPTY = { body: () => '' };

/** Renders an error of one operation. */
export type OwnError = (detail: string | undefined, request: RequestParts | undefined) => Answer;

/** Compiles the answer that an operation has for a role, instead of the one of the pack; null without one. */
export function compileOwnError(
  role: ErrorRole,
  own: ErrorAnswerSource | undefined,
  errors: ErrorsSource,
): OwnError | null {
  if (own === undefined) return null;
  const answer = compileWhole(own, compileShared(errors));
  const entry = errors.codes.find(({ when }) => when?.includes(role));
  return (detail, request) => renderWhole(answer, entry, { detail, request });
}

function compileShared(source: ErrorsSource): CompiledAnswer<ErrorContext> {
  return {
    status: 200,
    headersOf: under('/headers', () => compileHeaders(source.headers, LANGUAGE)),
    body: under('/body', () => compileTemplate(source.body, LANGUAGE)),
  };
}

function compileWhole(
  { status = 200, headers, body }: ErrorAnswerSource,
  shared: CompiledAnswer<ErrorContext>,
): CompiledAnswer<ErrorContext> {
  const own = compileOwn({ headers, body }, shared);
  return { ...shared, ...own, status, ...(body === undefined ? EMPTY : {}) };
}

function renderWhole(
  whole: CompiledAnswer<ErrorContext>,
  entry: Pick<Entry, 'code' | 'message'> | undefined,
  { detail, request, field = BODY }: Reason,
): Answer {
  const { code = '', message = '' } = entry ?? {};
  const answer = renderAnswer(whole, { code, message: detail ?? message, request, field });
  return { ...answer, error: String(entry?.code ?? whole.status) };
}

/** Compiles the table of codes, by code and by role. */
function compileCodes({ codes }: ErrorsSource, shared: CompiledAnswer<ErrorContext>) {
  const byCode = new Map<string, Entry>();
  const byRole = new Map<ErrorRole, Entry>();
  for (const [index, { code, status = 200, message, when = [], headers, body }] of codes.entries()) {
    const own = under(`/codes/${index}`, () => compileOwn({ headers, body }, shared));
    const entry: Entry = { code, status, message, own };
    byCode.set(String(code), entry);
    for (const role of when) byRole.set(role, entry);
  }
  return { byCode, byRole };
}

/** Compiles the headers and the body of a single error; null when it has only shared ones. */
function compileOwn(
  { headers, body }: { readonly headers?: HeadersSource | undefined; readonly body?: Json | undefined },
  shared: CompiledAnswer<ErrorContext>,
): Pick<CompiledAnswer<ErrorContext>, 'body' | 'headersOf'> | null {
  if (headers === undefined && body === undefined) return null;
  const own = under('/headers', () => compileHeaders(headers, LANGUAGE));
  return {
    headersOf: joined(shared.headersOf, own),
    body: body === undefined ? shared.body : under('/body', () => compileTemplate(body, LANGUAGE)),
  };
}

type HeadersSource = Readonly<Record<string, string>>;
type Headers = HeaderTemplates<ErrorContext> | null;

/** Joins the headers of all errors with those of one, which prevail. */
function joined(all: Headers, own: Headers): Headers {
  if (all === null || own === null) return own ?? all;
  return (context) => ({ ...all(context), ...own(context) });
}

/** Creates the entry for HTTP 501, with a numeric code where all codes of the vendor are numbers. */
function notImplemented({ codes }: ErrorsSource): Entry {
  const isNumber = codes.every(({ code }) => typeof code === 'number');
  const code = isNumber ? 501 : 'not_implemented';
  return { status: 501, code, message: 'Not implemented by the mock', own: null };
}

function compileWholeAnswers(
  source: ErrorsSource,
  shared: CompiledAnswer<ErrorContext>,
): Map<ErrorRole, CompiledAnswer<ErrorContext>> {
  const answers = new Map<ErrorRole, CompiledAnswer<ErrorContext>>();
  for (const [role, own] of Object.entries(source.answers ?? {})) {
    answers.set(
      role as ErrorRole,
      under(`/answers/${role}`, () => compileWhole(own, shared)),
    );
  }
  return answers;
}

const FIELDS: Readonly<Record<string, (error: ErrorContext) => unknown>> = {
  code: (error) => error.code,
  message: (error) => error.message,
  field: (error) => error.field,
};

const LANGUAGE: Language<ErrorContext> = {
  settings: { zoneOffsetMs: 0 },
  roots: {
    error: fieldsOf(FIELDS),
    request(path) {
      const read = partOfRequest(path);
      return read === null ? null : ({ request }) => (request === undefined ? undefined : read(request));
    },
  },
};
