import { createHmac } from 'node:crypto';
import { under } from './defect.ts';
import { fieldsOf, type Language } from './expressions.ts';
import type { SignatureSource } from './lifecycle.ts';
import { step } from './pointer.ts';
import { compileText } from './template.ts';

/** Values that a signature can cover. */
export interface SignatureInput {
  readonly taskId: string;
  readonly deliveryId: string;
  readonly body: string;
  /** Wall time of sending in Unix seconds, because receivers compare it with their own clock. */
  readonly timestamp: number;
}

/** Returns the headers that authenticate a callback. */
export type Signer = (secret: string, input: SignatureInput) => Record<string, string>;

interface SignatureContext extends SignatureInput {
  readonly value: string;
}

/** Compiles the signature rules of a pack. */
export function compileSigner(source: SignatureSource): Signer {
  const payloadOf = under('/payload', () => compileText(source.payload, LANGUAGE));
  const headers = Object.entries(source.headers).map(
    ([name, text]) => [name, under(`/headers${step(name)}`, () => compileText(text, LANGUAGE))] as const,
  );
  return (secret, input) => {
    const unsigned: SignatureContext = { ...input, value: '' };
    const hmac = createHmac('sha256', keyBytes(source.key, secret));
    const value = hmac.update(String(payloadOf(unsigned))).digest('base64');
    const signed: SignatureContext = { ...input, value };
    return Object.fromEntries(headers.map(([name, text]) => [name, String(text(signed))]));
  };
}

function keyBytes(form: SignatureSource['key'], secret: string): Buffer {
  if (form === 'utf8') return Buffer.from(secret, 'utf8');
  return Buffer.from(secret.slice(secret.indexOf('_') + 1), 'base64');
}

const FIELDS: Readonly<Record<string, Readonly<Record<string, (input: SignatureContext) => unknown>>>> = {
  task: { id: (input) => input.taskId },
  delivery: { id: (input) => `${input.taskId}-${input.deliveryId}`, body: (input) => input.body },
  signature: { timestamp: (input) => input.timestamp, value: (input) => input.value },
};

const LANGUAGE: Language<SignatureContext> = {
  settings: { zoneOffsetMs: 0 },
  roots: Object.fromEntries(Object.entries(FIELDS).map(([root, fields]) => [root, fieldsOf(fields)])),
};
