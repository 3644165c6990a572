import { createHash } from 'node:crypto';
import { parseDuration } from '../../core/duration.ts';
import { Defect, under } from '../defect.ts';
import type { SignatureSource } from '../delivery-source.ts';
import { type Evaluate, fieldsOf, type Language } from '../expressions.ts';
import { step } from '../pointer.ts';
import { compileTemplate, compileText } from '../template.ts';
import { createAlgorithm } from './algorithms.ts';
import { CALLBACK_ROOTS, type CallbackInput } from './callback-values.ts';
import type { PublicJwk } from './key-pair.ts';

/** Signs the callbacks of a pack. */
export interface Signer {
  /** Returns the headers that authenticate a callback. */
  sign(secret: string, input: CallbackInput): Record<string, string>;
  /** Public keys of the vendor; empty when receivers verify with the secret itself. */
  publicKeys(secret: string): readonly PublicJwk[];
  /** Whether receivers verify signatures with a public key. */
  readonly hasPublicKeys: boolean;
  /** Whether callbacks are signed even if no secret is configured. */
  readonly isAlways: boolean;
  /** Names of the headers that contain the signature itself. */
  readonly headers: readonly string[];
  /** Encoding of the signature. */
  readonly encoding: SignatureEncoding;
}

/** Encodings of signatures; a JWT consists of three parts. */
export type SignatureEncoding = NonNullable<SignatureSource['encoding']> | 'jwt';

const VALUE = '$signature.value';

interface SignatureContext extends CallbackInput {
  readonly keyId: string | null;
  readonly lifetimeMs: number;
  readonly value: string;
}

/** Compiles the signature rules of a pack. */
export function compileSigner(source: SignatureSource): Signer {
  const algorithm = createAlgorithm(source);
  const textOf = compileSignedText(source);
  const lifetimeMs = lifetimeOf(source);
  const headers = Object.entries(source.headers).map(
    ([name, text]) => [name, under(`/headers${step(name)}`, () => compileText(text, LANGUAGE))] as const,
  );
  return {
    headers: Object.keys(source.headers).filter((name) => source.headers[name]?.includes(VALUE)),
    hasPublicKeys: algorithm.hasPublicKeys,
    isAlways: source.always ?? false,
    encoding: source.algorithm === 'rs256-jwt' ? 'jwt' : (source.encoding ?? 'base64'),
    publicKeys: algorithm.publicKeys,
    sign(secret, input) {
      const unsigned: SignatureContext = {
        ...input,
        ...{ lifetimeMs, keyId: algorithm.keyId(secret), value: '' },
      };
      const value = algorithm.sign(secret, String(textOf(unsigned)));
      const signed: SignatureContext = { ...unsigned, value };
      return Object.fromEntries(headers.map(([name, text]) => [name, String(text(signed))]));
    },
  };
}

function lifetimeOf({ lifetime = '5m' }: SignatureSource): number {
  const lifetimeMs = parseDuration(lifetime);
  if (lifetimeMs === null) throw new Defect(`"${lifetime}" is not a duration`, '/lifetime');
  return lifetimeMs;
}

function compileSignedText({ payload, claims }: SignatureSource): Evaluate<SignatureContext> {
  if (claims !== undefined) return under('/claims', () => compileTemplate(claims, LANGUAGE));
  return under('/payload', () => compileText(payload ?? '', LANGUAGE));
}

const SIGNATURE = fieldsOf<SignatureContext>({
  timestamp: ({ wallAt }) => Math.floor(wallAt / 1000),
  expires: ({ wallAt, lifetimeMs }) => Math.floor((wallAt + lifetimeMs) / 1000),
  nonce: nonceOf,
  keyId: ({ keyId }) => keyId ?? undefined,
  value: ({ value }) => value,
});

/** Derives the nonce from what differs between attempts, so that the headers are a function of their input. */
function nonceOf({ taskId, deliveryId, wallAt }: SignatureContext): string {
  const seed = `${taskId} ${deliveryId} ${wallAt}`;
  return createHash('sha256').update(seed).digest('hex').slice(0, 32);
}

const LANGUAGE: Language<SignatureContext> = {
  settings: { zoneOffsetMs: 0 },
  roots: { ...CALLBACK_ROOTS, signature: SIGNATURE },
};
