import { durationMs } from './compile-context.ts';
import { under } from './defect.ts';
import type { HandshakeSource } from './delivery-source.ts';
import { fieldsOf, type Language } from './expressions.ts';
import type { Handshake, HandshakeContext } from './handshake.ts';
import { compileTemplate } from './template.ts';

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
