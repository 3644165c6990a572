import { endOfString } from '../core/numerals.ts';
import { createKeyFinder } from './key-finder.ts';
import { DOUBTFUL, isTellingName, isUnmistakable, TELLING } from './key-shapes.ts';

/** Replacement for a bearer key in the journal: that a key was sent can be judged, but it cannot be read. */
export const KEY_MARK = '[bearer key]';
/** … where the secret that callbacks are signed with stood … */
export const SECRET_MARK = '[secret]';
/** Replacement for other values in a place for keys. */
export const REDACTED = '[redacted]';

/**
 * Knows the keys of everyone who called, and takes them out of whatever is written down.
 *
 * A key that cannot be mistaken for a word is masked wherever it occurs. Others, like `test` or `prompt`, are masked
 * in places for keys alone: headers, query parameters and JSON members with a name like `x-api-key`, `apiKey`, `token`
 * or `auth`.
 */
export interface Secrets {
  learn(key: string, mark?: string): void;
  /** Learns the key of an Authorization header. */
  learnFrom(authorization: string): void;
  /** Text of any kind. */
  maskText(text: string): string;
  /** The URL of a request, whose query may have parameters for keys. */
  maskUrl(url: string): string;
  /** The text of a JSON body, or of something that should be one. */
  maskBody(text: string): string;
  /** The same for text that comes again and again, like the answer to a poll. */
  maskAnswer(text: string): string;
  maskHeaders<Value extends HeaderValue>(
    headers: Readonly<Record<string, Value>>,
  ): Readonly<Record<string, Value>>;
  /** A value that JSON can say; the very same when it holds no secret. */
  maskValue<Value>(value: Value): Value;
}

type HeaderValue = string | readonly string[] | undefined;

/** How many keys are remembered besides those that were configured; tests that make up keys must not fill the memory. */
const REMEMBERED = 2000;

/** How many characters they may have together: a key may be as long as a header. */
const CHARACTERS_REMEMBERED = 1024 * 1024;

/** As many, of as many characters, as the engine keeps for the next poll. */
const ANSWERS_REMEMBERED = 5000;
const ANSWER_CHARACTERS_REMEMBERED = 8 * 1024 * 1024;
const LONGEST_ANSWER = 16 * 1024;

/** What is in these headers, besides `authorization`. One look-up a header, because every poll pays for it. */
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

/** Testing is much faster than replacing nothing. */
const HAS_PARAMETER = new RegExp(`[?&;](?:${TELLING}|${DOUBTFUL}|key)=`, 'i');
const IN_QUERY = new RegExp(`([?&;])(${TELLING}|${DOUBTFUL}|key)=([^&;#]*)`, 'gi');
const IN_JSON = new RegExp(`"(${TELLING}|${DOUBTFUL})"\\s*:\\s*(?=")`, 'gi');
/** The same in URLs that lie in a body. */
const IN_INNER_URL = new RegExp(`([?&;])(${TELLING}|${DOUBTFUL}|key)=([^&;#"\\\\\\s]+)`, 'gi');
/** The name and the password in a URL (RFC 3986, 3.2.1). */
const USERINFO = /(\b[a-z][a-z0-9+.-]{0,19}:\/\/)[^/?#@\s"\\]{1,500}@/gi;

/**
 * Creates a redactor of keys, for everything that is written down.
 * @param configured keys and marks that are never forgotten
 * @param isVocabulary whether a text is a word of the vendors' own, like the name of a model: it is no secret anywhere
 */
export function createSecrets(
  configured: readonly { readonly key: string; readonly mark: string }[] = [],
  isVocabulary: (text: string) => boolean = () => false,
): Secrets {
  let marks = new Map<string, string>();
  let finder = createKeyFinder();
  /** The header that the latest call had: nearly always the same as before. */
  let latest = '';
  /** Answers without any secret, as far as keys are known. */
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
    // What was seen in a place for keys may turn out to be the key of somebody who calls.
    if (key === '' || known === mark || (known !== undefined && known !== REDACTED)) return;
    if (marks.size >= configured.length + REMEMBERED || keyCharacters >= CHARACTERS_REMEMBERED) startOver();
    marks.set(key, mark);
    if (!isConfigured(key)) keyCharacters += key.length;
    clean.clear();
    cleanCharacters = 0;
    if (!isUnmistakable(key) || isVocabulary(key)) return;
    // As it is, in a query, and inside of a JSON string.
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

  /** What a value in a place for keys is shown as; null when it may be read. */
  function markFor(name: string, value: string): string | null {
    const known = marks.get(value);
    if (known !== undefined) return known;
    // `Bearer KEY`, in a body that carries headers.
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
    // Of URLs in it only what is known to be a key: they may have secrets of the receiver’s own.
    return masked.replace(IN_INNER_URL, (whole, before, name, value: string) => {
      const mark = marks.get(decoded(value));
      return mark === undefined ? whole : `${before}${name}=${mark}`;
    });
  }

  function maskAnswer(text: string): string {
    if (clean.has(text)) return text;
    const masked = maskBody(text);
    if (masked !== text || text.length > LONGEST_ANSWER) return masked;
    if (clean.size >= ANSWERS_REMEMBERED || cleanCharacters >= ANSWER_CHARACTERS_REMEMBERED) {
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
      // What was cut off in the middle goes to the end.
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
    // Whoever believes that a key belongs here may have put it elsewhere as well.
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
          typeof value === 'string' ? maskHeader(name, value) : same(value, (one) => maskHeader(name, one));
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

/** Their names tell a session from a preference; their values are nobody's business. */
function maskCookies(value: string): string {
  return value.replace(/(^|;\s*)([^=;]+)=([^;]*)/g, (whole, before: string, name: string) =>
    COOKIE_ATTRIBUTES.test(name) ? whole : `${before}${name}=${REDACTED}`,
  );
}

/** What Set-Cookie says besides the cookie. */
const COOKIE_ATTRIBUTES = /^(?:expires|max-age|domain|path|samesite)$/i;

function withoutUserinfo(text: string): string {
  return text.includes('@') ? text.replace(USERINFO, `$1${REDACTED}@`) : text;
}

/** That it was there, and by which scheme, can be judged. */
function maskAuthorization(value: string): string {
  return value.slice(0, value.indexOf(' ') + 1) + KEY_MARK;
}

/** The key of an Authorization header. */
function keyOf(authorization: string): string {
  return authorization.slice(authorization.indexOf(' ') + 1).trim();
}

/** What is left of a value whose key was found by itself. */
function hasMark(value: string): boolean {
  return value.includes(KEY_MARK) || value.includes(SECRET_MARK) || value.includes(REDACTED);
}

function same(values: readonly string[], mask: (value: string) => string): readonly string[] {
  const masked = values.map(mask);
  return masked.some((value, index) => value !== values[index]) ? masked : values;
}

function decoded(text: string): string {
  // Nearly all of them.
  if (!/[%+]/.test(text)) return text;
  // Without raising an error, which takes as long as looking through a thousand letters.
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
