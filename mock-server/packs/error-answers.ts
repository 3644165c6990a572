import { under } from './defect.ts';
import { fieldsOf, type Language } from './expressions.ts';
import type { ErrorRole, ErrorsSource } from './lifecycle.ts';
import { compileTemplate } from './template.ts';

/** A complete answer of a vendor route. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
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
   */
  forRole(role: ErrorRole, detail?: string): Answer;
  /** Returns the answer with a code; null when the vendor does not have that code. */
  forCode(code: string): Answer | null;
}

interface ErrorContext {
  readonly code: number | string;
  readonly message: string;
}

interface Entry {
  readonly status: number;
  readonly code: number | string;
  readonly message: string;
}

/** Compiles the error answers of a pack. */
export function compileErrorAnswers(source: ErrorsSource): ErrorAnswers {
  const envelope = under('/body', () => compileTemplate(source.body, LANGUAGE));
  const byCode = new Map<string, Entry>();
  const byRole = new Map<ErrorRole, Entry>();
  for (const { code, status = 200, message, when = [] } of source.codes) {
    const entry: Entry = { code, status, message };
    byCode.set(String(code), entry);
    for (const role of when) byRole.set(role, entry);
  }
  const whole = compileWholeAnswers(source);
  const fallback = byRole.get('internal') ?? [...byCode.values()].at(-1);
  // Vendors do not have a code for this. It must not look like a missing task or a temporary failure.
  if (!byRole.has('notMocked')) byRole.set('notMocked', notImplemented(source));
  const render = (entry: Entry, message: string): Answer => ({
    status: entry.status,
    body: envelope({ code: entry.code, message }),
    error: String(entry.code),
  });
  return {
    codes: [...byCode.keys()],
    codeOf(role) {
      const entry = byRole.get(role);
      return entry === undefined ? null : String(entry.code);
    },
    forRole(role, detail) {
      const special = whole.get(role);
      const entry = byRole.get(role) ?? fallback;
      if (special !== undefined) return { ...special, error: String(entry?.code ?? special.status) };
      if (entry === undefined) return { status: 500, body: '{}', error: '500' };
      return render(entry, detail ?? entry.message);
    },
    forCode(code) {
      const entry = byCode.get(code);
      return entry === undefined ? null : render(entry, entry.message);
    },
  };
}

/** Creates the entry for HTTP 501, with a numeric code where all codes of the vendor are numbers. */
function notImplemented({ codes }: ErrorsSource): Entry {
  const isNumber = codes.every(({ code }) => typeof code === 'number');
  return { status: 501, code: isNumber ? 501 : 'not_implemented', message: 'Not implemented by the mock' };
}

function compileWholeAnswers(source: ErrorsSource): Map<ErrorRole, Answer> {
  const answers = new Map<ErrorRole, Answer>();
  for (const [role, answer] of Object.entries(source.answers ?? {})) {
    const template = under(`/answers/${role}/body`, () => compileTemplate(answer.body, LANGUAGE));
    answers.set(role as ErrorRole, {
      status: answer.status ?? 200,
      body: template({ code: '', message: '' }),
    });
  }
  return answers;
}

const FIELDS: Readonly<Record<string, (error: ErrorContext) => unknown>> = {
  code: (error) => error.code,
  message: (error) => error.message,
};

const LANGUAGE: Language<ErrorContext> = {
  settings: { zoneOffsetMs: 0 },
  roots: { error: fieldsOf(FIELDS) },
};
