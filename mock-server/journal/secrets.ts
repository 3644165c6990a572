import { createCleanTexts } from './clean-texts.ts';
import type { NamedKeyPlace } from './key-names.ts';
import { createKnownKeys } from './known-keys.ts';
import { type HeaderValue, maskHeaders } from './mask-headers.ts';
import { maskBody, maskMembers, maskUrl } from './mask-text.ts';

/**
 * Collects the keys of all requests, and masks them in everything that is recorded.
 *
 * An unmistakable key is masked everywhere. Others, like `test` or `prompt`, are masked only in key fields: headers,
 * query parameters and JSON members with a name like `x-api-key`, `apiKey`, `token` or `auth`.
 */
export interface Secrets {
  learn(key: string, mark?: string): void;
  /** Learns the key of an Authorization header. */
  learnFrom(authorization: string): void;
  /** Registers where a vendor reads keys, so that any value there is masked. */
  learnPlaces(places: readonly NamedKeyPlace[]): void;
  /** Masks keys in any text. */
  maskText(text: string): string;
  /** Masks keys in the URL of a request, including key parameters of its query. */
  maskUrl(url: string): string;
  /** Masks keys in a JSON body, even if it is malformed. */
  maskBody(text: string): string;
  /** Like maskBody(), but cached for repeated text such as poll responses. */
  maskAnswer(text: string): string;
  maskHeaders<Value extends HeaderValue>(
    headers: Readonly<Record<string, Value>>,
  ): Readonly<Record<string, Value>>;
  /** Masks keys in a JSON value; returns the same value when it contains none. */
  maskValue<Value>(value: Value): Value;
}

/**
 * Creates a redactor for everything that is recorded.
 * @param configured keys that are never forgotten, with their marks
 * @param isVocabulary whether a text is a vendor's own word, such as a model name, and therefore not a secret
 */
export function createSecrets(
  configured: readonly { readonly key: string; readonly mark: string }[] = [],
  isVocabulary: (text: string) => boolean = () => false,
): Secrets {
  const clean = createCleanTexts();
  const keys = createKnownKeys({ configured, isVocabulary, onChange: clean.clear });

  return {
    learn: keys.learn,
    learnFrom: keys.learnFrom,
    learnPlaces(places) {
      keys.names.add(places);
      clean.clear();
    },
    maskText: keys.replace,
    maskUrl: (url) => maskUrl(url, keys),
    maskBody: (text) => maskBody(text, keys),
    maskAnswer(text) {
      if (clean.has(text)) return text;
      const masked = maskBody(text, keys);
      if (masked === text) clean.add(text);
      return masked;
    },
    maskHeaders: (headers) => maskHeaders(headers, keys),
    maskValue(value) {
      const text = JSON.stringify(value) as string | undefined;
      if (text === undefined) return value;
      const masked = maskMembers(keys.replace(text), keys);
      return masked === text ? value : (JSON.parse(masked) as typeof value);
    },
  };
}

/** Returns secrets that also teach others what they learn. */
export function teachingAlso(first: Secrets, other: Secrets): Secrets {
  return {
    ...first,
    learn(key, mark) {
      for (const secrets of [first, other]) secrets.learn(key, mark);
    },
    learnFrom(authorization) {
      for (const secrets of [first, other]) secrets.learnFrom(authorization);
    },
  };
}
