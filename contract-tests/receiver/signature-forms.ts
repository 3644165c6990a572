import type { AttemptResult } from '../../mock-server/index.ts';
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

/** Returns the names of the headers whose values depend on the key, which excludes timestamps and ids. */
function signatureNames(subject: Signed): string[] {
  const own = sign(subject, {});
  const forged = sign({ ...subject, secret: ANOTHER_KEY }, {});
  return Object.keys(own).filter((name) => own[name] !== forged[name]);
}

function sign({ pack, secret }: Signed, { body = '{}' }: { readonly body?: string }): Record<string, string> {
  const input = { taskId: 'task', deliveryId: 'd1', body, timestamp: 1_700_000_000 };
  return secret === null ? {} : (pack.signer?.(secret, input) ?? {});
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
  'the first three quarters of the correct signature': (digest) => digest.subarray(0, 24),
  'a signature whose last byte is wrong': (digest) => {
    const last = digest.length - 1;
    return Buffer.concat([digest.subarray(0, last), Buffer.from([digest.readUInt8(last) ^ 1])]);
  },
  'the correct signature with three extra bytes': (digest) => Buffer.concat([digest, Buffer.from('abc')]),
  'an empty signature': () => Buffer.alloc(0),
};

/** Returns a signature header with another digest. */
export function withDigest(value: string, change: (digest: Buffer) => Buffer): string {
  const { before, text } = digestIn(value);
  return `${before}${change(Buffer.from(text, 'base64')).toString('base64')}`;
}

/** Returns a signature header in which the case of every letter of the digest is swapped; in base64, that is another digest. */
export function withOtherCase(value: string): string {
  const { before, text } = digestIn(value);
  const swapped = text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
  return `${before}${swapped}`;
}

/** Returns a signature header with the correct digest in hex. */
export function inHex(value: string): string {
  const { before, text } = digestIn(value);
  return `${before}${Buffer.from(text, 'base64').toString('hex')}`;
}

/** Splits a signature header into its version prefix and its base64 digest. */
function digestIn(value: string): { readonly before: string; readonly text: string } {
  const comma = value.lastIndexOf(',');
  return { before: value.slice(0, comma + 1), text: value.slice(comma + 1) };
}
