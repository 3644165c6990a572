import { hasOddNumbers, parseWithNumerals, writeJson } from '../core/numerals.ts';
import type { Json } from '../core/types.ts';
import { Defect, under } from './defect.ts';
import { compileExpression, type Evaluate, findCodec, type Language } from './expressions.ts';
import { step } from './pointer.ts';

/** Writes a body as JSON text. It is compiled once, so that requests do not parse it. */
export type Template<Context> = (context: Context) => string;

/** Serialized JSON that a body includes unchanged. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Writes a part of a body: JSON text, or undefined to omit its key. */
type Part<Context> = (context: Context) => string | undefined;

/** Compiles a template. @throws {Defect} with the pointer inside the template */
export function compileTemplate<Context>(source: Json, language: Language<Context>): Template<Context> {
  const part = compilePart(source, language);
  return (context) => part(context) ?? 'null';
}

/** Compiles a template on first use, for sources that have been checked. */
export function compileTemplateLater<Context>(source: Json, language: Language<Context>): Template<Context> {
  let template: Template<Context> | undefined;
  return (context) => {
    template ??= compileTemplate(source, language);
    return template(context);
  };
}

/** Compiles a text that is an expression or contains `{$...}`, such as a header value. */
export function compileText<Context>(source: string, language: Language<Context>): Evaluate<Context> {
  return source.startsWith('$') ? compileExpression(source, language) : interpolate(source, language);
}

function compilePart<Context>(source: Json, language: Language<Context>): Part<Context> {
  if (typeof source === 'string') return compileString(source, language);
  if (source === null || typeof source !== 'object') return constant(JSON.stringify(source));
  if (Array.isArray(source)) return compileArray(source as readonly Json[], language);
  return compileObject(source as { readonly [key: string]: Json }, language);
}

function compileString<Context>(source: string, language: Language<Context>): Part<Context> {
  if (!source.includes('$')) return constant(JSON.stringify(source));
  // `$$` stands for a dollar sign.
  if (source.startsWith('$$')) return constant(JSON.stringify(source.slice(1)));
  const evaluate = compileText(source, language);
  return (context) => written(evaluate(context));
}

function written(value: unknown): string | undefined {
  return value instanceof JsonText ? value.text : writeJson(value);
}

function interpolate<Context>(source: string, language: Language<Context>): Evaluate<Context> {
  const pieces = source.split(EMBEDDED).map((piece, index) => {
    // The capturing group makes every second piece an expression.
    if (index % 2 === 0) return () => piece;
    const evaluate = compileExpression(piece.slice(1, -1), language);
    return (context: Context) => asText(evaluate(context));
  });
  return (context) => pieces.map((piece) => piece(context)).join('');
}

const EMBEDDED = /(\{\$[^{}]+\})/;

/** Converts a value to text. Values from clients can have any shape, so their methods are never called. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? (writeJson(value) ?? '') : String(value);
}

function compileArray<Context>(source: readonly Json[], language: Language<Context>): Part<Context> {
  const items = source.map((item, index) => under(step(index), () => compilePart(item, language)));
  return (context) => {
    const parts = items.map((item) => item(context)).filter((item) => item !== undefined);
    return `[${parts.join(',')}]`;
  };
}

function compileObject<Context>(
  source: { readonly [key: string]: Json },
  language: Language<Context>,
): Part<Context> {
  const coded = compileCoded(source, language);
  if (coded !== null) return coded;
  const fields = Object.entries(source).map(([key, value]) => ({
    key: `${JSON.stringify(key.replace(/^\$\$/, '$'))}:`,
    write: under(step(key), () => compilePart(value, language)),
  }));
  return (context) => {
    let body = '';
    for (const { key, write } of fields) {
      const value = write(context);
      if (value !== undefined) body += body === '' ? key + value : `,${key}${value}`;
    }
    return `{${body}}`;
  };
}

/** Compiles a codec that applies to a whole template, as in `{ $jsonString: {…} }`; null for an ordinary object. */
function compileCoded<Context>(
  source: { readonly [key: string]: Json },
  language: Language<Context>,
): Part<Context> | null {
  const entries = Object.entries(source);
  const [key, inner] = entries.find(([name]) => /^\$(?!\$)/.test(name)) ?? [];
  if (key === undefined || inner === undefined) return null;
  if (entries.length > 1) throw new Defect(`"${key}" must be the only key in its object`);
  return under(step(key), () => {
    const codec = findCodec(key.slice(1));
    const write = compilePart(inner, language);
    return (context) => {
      const text = write(context);
      return writeJson(codec(text === undefined ? undefined : parseBody(text), language.settings));
    };
  });
}

function parseBody(text: string): unknown {
  return hasOddNumbers(text) ? parseWithNumerals(text) : JSON.parse(text);
}

function constant<Context>(text: string): Part<Context> {
  return () => text;
}
