import { Defect, under } from '../defect.ts';
import type { ClientHeaderSource, DeliverySource } from '../delivery-source.ts';
import { bodyPointer, compileExpression, type Evaluate } from '../expressions.ts';
import { step } from '../pointer.ts';
import { compileText } from '../template.ts';
import { CALLBACK_LANGUAGE, type CallbackInput } from './callback-values.ts';

/** Headers of every callback of a pack, signed or not. */
export interface CallbackHeaders {
  /** Returns the headers; one whose value cannot be sent is omitted. */
  of(input: CallbackInput): Record<string, string>;
  /** Returns the header that the client chose; null when it chose none that can be sent. */
  chosenBy(request: CallbackInput['request']): ChosenHeader | null;
}

/** A header that the client chose. Its value is a secret that the client and its receiver share. */
export interface ChosenHeader {
  readonly name: string;
  readonly value: string;
}

/** Compiles the headers of a pack; null when it has none. */
export function compileCallbackHeaders({ headers, clientHeader }: DeliverySource): CallbackHeaders | null {
  if (headers === undefined && clientHeader === undefined) return null;
  const texts = Object.entries(headers ?? {}).map(([name, text]) =>
    under(`/headers${step(name)}`, () => [sendableName(name), compileText(text, CALLBACK_LANGUAGE)] as const),
  );
  const chosenBy = compileChosen(clientHeader);
  return {
    chosenBy,
    of(input) {
      const chosen = chosenBy(input.request);
      const found: (readonly [name: string, value: string])[] = [];
      for (const [name, text] of texts) {
        const value = textOf(text(input));
        if (value !== null) found.push([name, value]);
      }
      if (chosen !== null) found.push([chosen.name, chosen.value]);
      // An assignment to a header that the client named `__proto__` would set the prototype.
      return Object.fromEntries(found);
    },
  };
}

function compileChosen(source: ClientHeaderSource | undefined): CallbackHeaders['chosenBy'] {
  if (source === undefined) return () => null;
  const nameOf = under('/clientHeader/name', () => onRequest(source.name));
  const contentOf = under('/clientHeader/value', () => onRequest(source.value));
  return (request) => {
    const name = nameOf(request);
    const value = textOf(contentOf(request));
    return typeof name === 'string' && isSendable(name) && value !== null ? { name, value } : null;
  };
}

function onRequest(source: string): Evaluate<CallbackInput['request']> {
  return compileExpression(source, { settings: { zoneOffsetMs: 0 }, roots: { request: bodyPointer } });
}

/** Headers that the transport of the mock sets itself; a second value would make the request invalid. */
const RESERVED = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function sendableName(name: string): string {
  if (isSendable(name)) return name;
  throw new Defect(`"${name}" cannot be a header of a callback`);
}

/** Whether a text is the name of a header (RFC 9110, 5.6.2) that a pack or a client may set. */
function isSendable(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9a-z-]{1,200}$/i.test(name) && !RESERVED.has(name.toLowerCase());
}

/** Returns a value as the text of a header; null when it cannot be one, such as a text with a line break. */
function textOf(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return null;
  const text = String(value).trim();
  return text !== '' && /^[\t\x20-\x7e\x80-\xff]*$/.test(text) ? text : null;
}
