import type { Passage } from '../../mock-server/index.ts';
import type { Verdict } from '../report.ts';
import type { Message, Task } from './receiver-case.ts';
import type { Subject } from './subject.ts';
import { notObservable } from './verdicts.ts';

/** Of the form that every scheme understands, and not the shared one. */
export const ANOTHER_KEY = 'whsec_YW5vdGhlciBrZXkgYWx0b2dldGhlcg==';

type Signed = Pick<Subject, 'pack' | 'secret'>;

/** Why there is nothing to ask about signatures; null when there is. */
export function unsigned({ secret, pack }: Signed): string | null {
  return secret === null || pack.signer === null ? 'callbacks are not signed: give --secret' : null;
}

/** Whether another body has another signature. */
export function coversBody(subject: Signed): boolean {
  const [one, other] = ['{}', '[]'].map((body) => JSON.stringify(sign(subject, { body })));
  return one !== other;
}

/**
 * Whether a callback with a good signature was refused as a forged one. Where the signature covers the body, that says
 * how signatures are checked (RCV-SEC-05), and nothing about the body itself.
 */
export function tookForForged(subject: Signed, ...passages: readonly Passage[]): boolean {
  const isRefusal = ({ status }: Passage): boolean => status === 401 || status === 403;
  return unsigned(subject) === null && coversBody(subject) && passages.some(isRefusal);
}

/** The verdict of a case that learned nothing but that. */
export function seeSignatures(expected: string): Verdict {
  return notObservable(
    expected,
    'It was refused as if its signature were wrong: make RCV-SEC-05 pass first.',
  );
}

/** Whether a header may hold several signatures, each with its version, as in Standard Webhooks. */
export function allowsSeveral(subject: Signed): boolean {
  const headers = sign(subject, {});
  return signatureNames(subject).some((name) => /^v\d+,/.test(headers[name] ?? ''));
}

/** The headers whose values are others when the key is another: times and ids are none of them. */
function signatureNames(subject: Signed): string[] {
  const own = sign(subject, {});
  const forged = sign({ ...subject, secret: ANOTHER_KEY }, {});
  return Object.keys(own).filter((name) => own[name] !== forged[name]);
}

function sign({ pack, secret }: Signed, { body = '{}' }: { readonly body?: string }): Record<string, string> {
  const input = { taskId: 'task', deliveryId: 'd1', body, timestamp: 1_700_000_000 };
  return secret === null ? {} : (pack.signer?.(secret, input) ?? {});
}

/** The same callback, whose signatures were changed in this way. */
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

/** The same callback without any signature. */
export function withoutSignature(subject: Signed, message: Message): Message {
  const names = new Set(signatureNames(subject));
  const headers = Object.entries(message.headers).filter(([name]) => !names.has(name));
  return { ...message, headers: Object.fromEntries(headers) };
}

/** The right signature of a callback, preceded by others in the same header. */
export function amongOthers(subject: Signed, task: Task, others: (wrong: string) => string): Message {
  const wrong = task.sealed({ secret: ANOTHER_KEY }).headers;
  const [name = ''] = signatureNames(subject);
  return withSignature(subject, task, (right) => `${others(wrong[name] ?? '')} ${right}`);
}

/** Wrong signatures that begin like the right one, by what they are. */
export const ALIKE: Readonly<Record<string, (digest: Buffer) => Buffer>> = {
  'the first three quarters of the right signature': (digest) => digest.subarray(0, 24),
  'a signature that is wrong in its last byte': (digest) => {
    const last = digest.length - 1;
    return Buffer.concat([digest.subarray(0, last), Buffer.from([digest.readUInt8(last) ^ 1])]);
  },
  'the right signature with three more bytes': (digest) => Buffer.concat([digest, Buffer.from('abc')]),
  'an empty signature': () => Buffer.alloc(0),
};

/** A signature header with another digest in the place of its own. */
export function withDigest(value: string, change: (digest: Buffer) => Buffer): string {
  const { before, text } = digestIn(value);
  return `${before}${change(Buffer.from(text, 'base64')).toString('base64')}`;
}

/** The letters of the digest with their case swapped: in base64, another digest. */
export function withOtherCase(value: string): string {
  const { before, text } = digestIn(value);
  const swapped = text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
  return `${before}${swapped}`;
}

/** The right digest in hex. */
export function inHex(value: string): string {
  const { before, text } = digestIn(value);
  return `${before}${Buffer.from(text, 'base64').toString('hex')}`;
}

/** What stands before the digest is a version. Digests are always in base64. */
function digestIn(value: string): { readonly before: string; readonly text: string } {
  const comma = value.lastIndexOf(',');
  return { before: value.slice(0, comma + 1), text: value.slice(comma + 1) };
}
