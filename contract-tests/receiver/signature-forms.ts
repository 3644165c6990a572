import { type JsonValue, reverseKeys } from './anatomy.ts';
import type { Message, Task } from './receiver-case.ts';

/** What can be done to a signed callback, as far as its scheme allows it. */
export interface SignatureForms {
  /** Other bytes that say the same, under the signature of the original. */
  readonly reserialised: Message;
  /** Whether the signature covers the body. */
  readonly coversBody: boolean;
  /** A wrong signature and the right one in one header; null where a header holds one alone. */
  readonly twice: (task: Task) => Message | null;
}

/** @param otherKey a key that is not the shared one */
export function signatureForms(task: Task, otherKey: string): SignatureForms {
  const text = JSON.stringify(reverseKeys(task.body as JsonValue), null, 1);
  const [name] = signatureNames(task, otherKey);
  const elsewhere = name === undefined ? undefined : task.with(text).headers[name];
  return {
    reserialised: { ...task, text },
    coversBody: name !== undefined && elsewhere !== task.headers[name],
    twice(other) {
      const value = name === undefined ? '' : (other.headers[name] ?? '');
      const wrong = name === undefined ? '' : (other.sealed({ secret: otherKey }).headers[name] ?? '');
      // Standard Webhooks gives each signature a version, and separates several by spaces.
      if (name === undefined || !/^v\d+,/.test(value)) return null;
      return { ...other, headers: { ...other.headers, [name]: `${wrong} ${value}` } };
    },
  };
}

/** The headers that are others when the key is another; times are none of them. */
function signatureNames(task: Task, otherKey: string): string[] {
  const forged = task.sealed({ secret: otherKey }).headers;
  return Object.keys(task.headers).filter(
    (name) => task.headers[name] !== forged[name] && !/^\d+$/.test(task.headers[name] ?? ''),
  );
}
