import { durationMs } from './compile-context.ts';
import { under } from './defect.ts';
import { fieldsOf, type Language } from './expressions.ts';
import type { HandshakeSource } from './lifecycle.ts';
import { compileTemplate, type Template } from './template.ts';

/** Values for the templates of a handshake. */
export interface HandshakeContext {
  /** A random text that is different for each handshake. */
  readonly challenge: string;
}

/** How a receiver is checked before the first callback to its URL. */
export interface Handshake {
  readonly body: Template<HandshakeContext>;
  /** The JSON object whose fields the answer must have. */
  readonly expect: Template<HandshakeContext>;
  readonly withinMs: number;
  /** Whether a failure refuses the submission, or only suppresses its callbacks. */
  readonly whenFailed: HandshakeSource['whenFailed'];
}

const LANGUAGE: Language<HandshakeContext> = {
  settings: { zoneOffsetMs: 0 },
  roots: { handshake: fieldsOf({ challenge: ({ challenge }: HandshakeContext) => challenge }) },
};

export function compileHandshake(source: HandshakeSource): Handshake {
  return {
    body: under('/body', () => compileTemplate(source.body, LANGUAGE)),
    expect: under('/expect', () => compileTemplate(source.expect, LANGUAGE)),
    withinMs: under('/within', () => durationMs(source.within)),
    whenFailed: source.whenFailed,
  };
}
