import { endOfString } from '../core/numerals.ts';
import { createKeyFinder } from './key-finder.ts';
import { DOUBTFUL, isTellingName, isUnmistakable, TELLING } from './key-shapes.ts';

/** Replaces a bearer key in the journal. It shows that a key was sent, but not which. */
export const KEY_MARK = '[bearer key]';
/** Replaces the secret that callbacks are signed with. */
export const SECRET_MARK = '[secret]';
/** Replaces any other value in a key field. */
export const REDACTED = '[redacted]';

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

type HeaderValue = string | readonly string[] | undefined;

/** The number of keys remembered in addition to configured ones, so that random keys cannot exhaust memory. */
const KEYS_LIMIT = 2000;

/** The total length of the remembered keys, because a key may be as long as a header. */
const KEY_CHARACTERS_LIMIT = 1024 * 1024;

/** The same limits as those of the engine's cache of poll responses. */
const ANSWERS_LIMIT = 5000;
const ANSWER_CHARACTERS_LIMIT = 8 * 1024 * 1024;
const LONGEST_ANSWER = 16 * 1024;

/** The contents of these headers, in addition to `authorization`. A map, because it is consulted for every poll. */
const HEADERS: ReadonlyMap<string, 'key' | 'cookies' | 'url'> = new Map([
  ['proxy-authorization', 'key'],
  ['x-api-key', 'key'],
  ['api-key', 'key'],
  ['apikey', 'key'],
  ['x-auth-token', 'key'],
  ['x-access-token', 'key'],
  ['x-goog-api-key', 'key'],
  ['x-amz-security-token', 'key'],
  ['x-csrf-token', 'key'],
  ['x-xsrf-token', 'key'],
  ['x-gitlab-token', 'key'],
  ['cookie', 'cookies'],
  ['set-cookie', 'cookies'],
  ['referer', 'url'],
  ['location', 'url'],
]);

/** A test is much faster than a replacement without matches. */
const HAS_PARAMETER = new RegExp(`[?&;](?:${TELLING}|${DOUBTFUL}|key)=`, 'i');
const IN_QUERY = new RegExp(`([?&;])(${TELLING}|${DOUBTFUL}|key)=([^&;#]*)`, 'gi');
const IN_JSON = new RegExp(`"(${TELLING}|${DOUBTFUL})"\\s*:\\s*(?=")`, 'gi');
/** The same for URLs inside a body. */
const IN_INNER_URL = new RegExp(`([?&;])(${TELLING}|${DOUBTFUL}|key)=([^&;#"\\\\\\s]+)`, 'gi');
/** The userinfo of a URL (RFC 3986, 3.2.1). */
const USERINFO = /(\b[a-z][a-z0-9+.-]{0,19}:\/\/)[^/?#@\s"\\]{1,500}@/gi;

/**
 * Creates a redactor for everything that is recorded.
 * @param configured keys that are never forgotten, with their marks
 * @param isVocabulary whether a text is a vendor's own word, such as a model name, and therefore not a secret
 */
export function createSecrets(
  configured: readonly { readonly key: string; readonly mark: string }[] = [],
  isVocabulary: (text: string) => boolean = () => false,
): Secrets {
  let marks = new Map<string, string>();
  let finder = createKeyFinder();
  /** The Authorization header of the latest request. The next one is usually the same. */
  let latest = '';
  /** Responses without secrets, given the known keys. */
  const clean = new Set<string>();
  let cleanCharacters = 0;
  let keyCharacters = 0;

  function startOver(): void {
    marks = new Map();
    finder = createKeyFinder();
    latest = '';
    keyCharacters = 0;
    for (const { key, mark } of configured) learn(key, mark);
  }

  function learn(key: string, mark = KEY_MARK): void {
    const known = marks.get(key);
    // A value that was seen in a key field may turn out to be the key of a client.
    if (key === '' || known === mark || (known !== undefined && known !== REDACTED)) return;
    if (marks.size >= configured.length + KEYS_LIMIT || keyCharacters >= KEY_CHARACTERS_LIMIT) startOver();
    marks.set(key, mark);
    if (!isConfigured(key)) keyCharacters += key.length;
    clean.clear();
    cleanCharacters = 0;
    if (!isUnmistakable(key) || isVocabulary(key)) return;
    // The plain, URL-encoded and JSON-escaped forms.
    for (const form of new Set([key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)]))
      finder.add(form, mark);
  }

  function isConfigured(key: string): boolean {
    return configured.some((one) => one.key === key);
  }

  function learnFrom(authorization: string): void {
    if (authorization === latest) return;
    learn(keyOf(authorization));
    latest = authorization;
  }

  /** Returns the replacement of a value in a key field; null when it need not be masked. */
  function markFor(name: string, value: string): string | null {
    const known = marks.get(value);
    if (known !== undefined) return known;
    // Handles `Bearer KEY` in a body that contains headers.
    const space = value.indexOf(' ');
    const inner = space < 0 ? undefined : marks.get(value.slice(space + 1).trim());
    if (inner !== undefined) return value.slice(0, space + 1) + inner;
    if (value === '' || hasMark(value)) return null;
    return isTellingName(name) || (isUnmistakable(value) && !isVocabulary(value) && !/\s/.test(value))
      ? REDACTED
      : null;
  }

  function maskUrl(url: string): string {
    const masked = withoutUserinfo(finder.replace(url));
    if (!HAS_PARAMETER.test(masked)) return masked;
    return masked.replace(IN_QUERY, (whole, before: string, name: string, value: string) => {
      const mark = markFor(name, decoded(value));
      return mark === null ? whole : `${before}${name}=${mark}`;
    });
  }

  function maskBody(text: string): string {
    const masked = withoutUserinfo(maskMembers(finder.replace(text)));
    if (!HAS_PARAMETER.test(masked)) return masked;
    // In URLs inside a body, only known keys are masked: a receiver's URL may contain its own secrets.
    return masked.replace(IN_INNER_URL, (whole, before, name, value: string) => {
      const mark = marks.get(decoded(value));
      return mark === undefined ? whole : `${before}${name}=${mark}`;
    });
  }

  function maskAnswer(text: string): string {
    if (clean.has(text)) return text;
    const masked = maskBody(text);
    if (masked !== text || text.length > LONGEST_ANSWER) return masked;
    if (clean.size >= ANSWERS_LIMIT || cleanCharacters >= ANSWER_CHARACTERS_LIMIT) {
      clean.clear();
      cleanCharacters = 0;
    }
    clean.add(text);
    cleanCharacters += text.length;
    return text;
  }

  function maskMembers(text: string): string {
    let masked = '';
    let taken = 0;
    IN_JSON.lastIndex = 0;
    for (let found = IN_JSON.exec(text); found !== null; found = IN_JSON.exec(text)) {
      const start = found.index + found[0].length;
      const end = endOfString(text, start);
      // An unterminated string extends to the end.
      const value = end < 0 ? text.slice(start) : text.slice(start, end + 1);
      const mark = markFor(found[1] ?? '', unquoted(value));
      if (mark === null) continue;
      masked += text.slice(taken, start) + JSON.stringify(mark);
      taken = start + value.length;
      IN_JSON.lastIndex = taken;
    }
    return taken === 0 ? text : masked + text.slice(taken);
  }

  function maskHeader(name: string, value: string): string {
    if (name === 'authorization') return maskAuthorization(value);
    const kind = HEADERS.get(name);
    if (kind === undefined) return finder.replace(value);
    if (kind === 'cookies') return maskCookies(value);
    if (kind === 'url') return maskUrl(value);
    // A client that puts a key in this header may also send it elsewhere.
    learn(value, REDACTED);
    return markFor(name, value) ?? value;
  }

  startOver();
  return {
    learn,
    learnFrom,
    maskText: (text) => finder.replace(text),
    maskUrl,
    maskBody,
    maskAnswer,
    maskHeaders(headers) {
      let masked: Record<string, HeaderValue> | null = null;
      for (const name in headers) {
        const value: HeaderValue = headers[name];
        if (value === undefined) continue;
        const clean =
          typeof value === 'string'
            ? maskHeader(name, value)
            : maskEach(value, (one) => maskHeader(name, one));
        if (clean === value) continue;
        masked ??= { ...headers };
        masked[name] = clean;
      }
      return (masked ?? headers) as typeof headers;
    },
    maskValue(value) {
      const text = JSON.stringify(value) as string | undefined;
      if (text === undefined) return value;
      const masked = maskMembers(finder.replace(text));
      return masked === text ? value : (JSON.parse(masked) as typeof value);
    },
  };
}

/** Keeps the names of cookies, which distinguish a session from a preference, and redacts their values. */
function maskCookies(value: string): string {
  return value.replace(/(^|;\s*)([^=;]+)=([^;]*)/g, (whole, before: string, name: string) =>
    COOKIE_ATTRIBUTES.test(name) ? whole : `${before}${name}=${REDACTED}`,
  );
}

/** The attributes of a Set-Cookie header. */
const COOKIE_ATTRIBUTES = /^(?:expires|max-age|domain|path|samesite)$/i;

function withoutUserinfo(text: string): string {
  return text.includes('@') ? text.replace(USERINFO, `$1${REDACTED}@`) : text;
}

/** Keeps the scheme, and shows that a key was sent. */
function maskAuthorization(value: string): string {
  return value.slice(0, value.indexOf(' ') + 1) + KEY_MARK;
}

/** Returns the key of an Authorization header. */
function keyOf(authorization: string): string {
  return authorization.slice(authorization.indexOf(' ') + 1).trim();
}

/** Returns whether a key inside the value was already masked. */
function hasMark(value: string): boolean {
  return value.includes(KEY_MARK) || value.includes(SECRET_MARK) || value.includes(REDACTED);
}

function maskEach(values: readonly string[], mask: (value: string) => string): readonly string[] {
  const masked = values.map(mask);
  return masked.some((value, index) => value !== values[index]) ? masked : values;
}

function decoded(text: string): string {
  // The common case.
  if (!/[%+]/.test(text)) return text;
  // Avoids an exception, which costs as much as scanning a thousand characters.
  if (/%(?![\da-f]{2})/i.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
