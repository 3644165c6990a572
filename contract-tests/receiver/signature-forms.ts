import type { AttemptResult } from '../../mock-server/index.ts';
import type { SignatureEncoding } from '../../mock-server/internal.ts';
import type { Verdict } from '../report.ts';
import type { Message } from './message.ts';
import type { Task } from './receiver-case.ts';
import type { Subject } from './subject.ts';
import { notObservable } from './verdicts.ts';

/** Key with a format that every scheme accepts, different from the shared key. */
export const ANOTHER_KEY = 'whsec_YW5vdGhlciBrZXkgYWx0b2dldGhlcg==';

type Signed = Pick<Subject, 'pack' | 'secret'>;

/** Returns the reason why signature cases do not apply; null if they do. */
export function whyUnsigned({
  secret,
  pack,
  nameOption,
}: Signed & Pick<Subject, 'nameOption'>): string | null {
  return secret === null || pack.signer === null
    ? `callbacks are not signed; requires ${nameOption('secret')} and a vendor that signs callbacks`
    : null;
}

/** Whether the signature depends on the body. */
export function coversBody(subject: Signed): boolean {
  const [one, other] = ['{}', '[]'].map((body) => JSON.stringify(sign(subject, { body })));
  return one !== other;
}

/** Returns the reason why cases about timestamps do not apply; null if the signature covers the time of sending. */
export function whyTimeless(subject: Signed): string | null {
  const [one, other] = [0, 3_600_000].map((wallAt) => JSON.stringify(sign(subject, { wallAt })));
  return one === other ? 'the signature of this vendor does not cover a timestamp' : null;
}

/**
 * Whether a callback with a valid signature was rejected as forged. If the signature covers the body, the rejection is
 * a finding about signature verification (RCV-SEC-05) and not about the body.
 */
export function wasRejectedAsForged(subject: Subject, ...attempts: readonly AttemptResult[]): boolean {
  const isRefusal = ({ status }: AttemptResult): boolean => status === 401 || status === 403;
  return whyUnsigned(subject) === null && coversBody(subject) && attempts.some(isRefusal);
}

/** Returns the verdict of a case whose callback was rejected because of its signature. */
export function signatureVerdict(expected: string): Verdict {
  return notObservable(
    expected,
    'The callback was rejected as if its signature were invalid. Fix RCV-SEC-05 first.',
  );
}

/** Whether a header may contain several signatures, each with its version, as in Standard Webhooks. */
export function allowsSeveral(subject: Signed): boolean {
  const headers = sign(subject, {});
  return signatureNames(subject).some((name) => /^v\d+,/.test(headers[name] ?? ''));
}

function signatureNames({ pack }: Signed): readonly string[] {
  return pack.signer?.headers ?? [];
}

/** Returns the signature headers of a sample callback. */
function sign(subject: Signed, { body = '{}', wallAt = 1_700_000_000_000 }): Record<string, string> {
  const { signer } = subject.pack;
  if (subject.secret === null || signer === null) return {};
  const input = { taskId: 'task', deliveryId: 'd1', url: 'http://127.0.0.1/', body, request: {}, wallAt };
  const headers = signer.sign(subject.secret, input);
  return Object.fromEntries(signer.headers.map((name) => [name, headers[name] ?? '']));
}

/** Returns the callback with changed signatures. */
export function withSignature(
  subject: Signed,
  message: Message,
  change: (signature: string) => string,
): Message {
  const names = new Set(signatureNames(subject));
  const headers = Object.entries(message.headers).map(([name, value]) => [
    name,
    names.has(name) ? change(value) : value,
  ]);
  return { ...message, headers: Object.fromEntries(headers) as Record<string, string> };
}

/** Returns the callback without signatures. */
export function withoutSignature(subject: Signed, message: Message): Message {
  const names = new Set(signatureNames(subject));
  const headers = Object.entries(message.headers).filter(([name]) => !names.has(name));
  return { ...message, headers: Object.fromEntries(headers) };
}

/** Returns the callback with other signatures before the correct one in the same header. */
export function withOtherSignatures(subject: Signed, task: Task, others: (wrong: string) => string): Message {
  const wrong = task.sealed({ secret: ANOTHER_KEY }).headers;
  const [name = ''] = signatureNames(subject);
  return withSignature(subject, task, (right) => `${others(wrong[name] ?? '')} ${right}`);
}

/** Wrong signatures that match the correct one in part, by description. */
export const PARTIAL_SIGNATURES: Readonly<Record<string, (digest: Buffer) => Buffer>> = {
  'the first three quarters of the correct signature': (digest) =>
    digest.subarray(0, (digest.length / 4) * 3),
  'a signature whose last byte is wrong': (digest) => {
    const last = digest.length - 1;
    return Buffer.concat([digest.subarray(0, last), Buffer.from([digest.readUInt8(last) ^ 1])]);
  },
  'the correct signature with three extra bytes': (digest) => Buffer.concat([digest, Buffer.from('abc')]),
  'an empty signature': () => Buffer.alloc(0),
};

/** Returns a signature header with another signature in place of the correct one. */
export function withDigest(subject: Signed, value: string, change: (digest: Buffer) => Buffer): string {
  const { before, digest, after, encoding } = digestIn(subject, value);
  return `${before}${change(Buffer.from(digest, encoding)).toString(encoding)}${after}`;
}

/** Returns the reason why the case of letters has no effect; null if it does. In hex, `A` and `a` are the same digit. */
export function whyCaseless({ pack }: Signed): string | null {
  return pack.signer?.encoding === 'hex'
    ? 'in hex, uppercase and lowercase letters are the same digits'
    : null;
}

/** Returns a signature header in which the case of every letter of the digest is swapped; in base64, that is another digest. */
export function withOtherCase(subject: Signed, value: string): string {
  const { before, digest, after } = digestIn(subject, value);
  const swapped = digest.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
  return `${before}${swapped}${after}`;
}

/** Returns a signature header with the correct digest in hex. */
export function inHex(subject: Signed, value: string): string {
  const { before, digest, after, encoding } = digestIn(subject, value);
  return `${before}${Buffer.from(digest, encoding).toString('hex')}${after}`;
}

/** The part of a header that is the signature. The last part of a JWT is the signature of the others. */
const DIGESTS: Readonly<Record<SignatureEncoding, RegExp>> = {
  base64: /^(.*?)([a-z0-9+/]{40,}={0,2})(.*)$/is,
  base64url: /^(.*?)([a-z0-9_-]{40,})(.*)$/is,
  hex: /^(.*?)([0-9a-f]{64,})(.*)$/is,
  jwt: /^(.*\.)([a-z0-9_-]{40,})(.*)$/is,
};

interface FoundDigest {
  readonly before: string;
  readonly digest: string;
  readonly after: string;
  readonly encoding: Exclude<SignatureEncoding, 'jwt'>;
}

function digestIn({ pack }: Signed, value: string): FoundDigest {
  const encoding = pack.signer?.encoding ?? 'base64';
  const [, before = '', digest = '', after = ''] = DIGESTS[encoding].exec(value) ?? [];
  if (digest === '') throw new Error(`the header "${value}" does not contain a signature in ${encoding}`);
  return { before, digest, after, encoding: encoding === 'jwt' ? 'base64url' : encoding };
}
