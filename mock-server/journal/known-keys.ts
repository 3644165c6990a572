import { createKeyFinder } from './key-finder.ts';
import { createKeyNames, type KeyNames } from './key-names.ts';
import { isTellingName, isUnmistakable } from './key-shapes.ts';
import { KEY_MARK, REDACTED, SECRET_MARK } from './marks.ts';

/** The keys that were seen, with the marks that replace them. */
export interface KnownKeys {
  /** Names under which the vendors read keys. */
  readonly names: KeyNames;
  learn(key: string, mark?: string): void;
  /** Learns the key of an Authorization header. */
  learnFrom(authorization: string): void;
  /** Replaces all unmistakable keys in a text. */
  replace(text: string): string;
  /** Returns the mark of a key; undefined when it is not known. */
  markOf(value: string): string | undefined;
  /** Returns the replacement of a value in a key field; null when it need not be masked. */
  markFor(name: string, value: string): string | null;
}

export interface KnownKeysOptions {
  /** Keys that are never forgotten, with their marks. */
  readonly configured: readonly { readonly key: string; readonly mark: string }[];
  /** Whether a text is a vendor's own word, such as a model name, and therefore not a secret. */
  readonly isVocabulary: (text: string) => boolean;
  /** Called when a key was added or keys were forgotten. */
  readonly onChange: () => void;
}

/** The number of keys remembered in addition to configured ones, so that random keys cannot exhaust memory. */
const KEYS_LIMIT = 2000;

/** The total length of the remembered keys, because a key may be as long as a header. */
const KEY_CHARACTERS_LIMIT = 1024 * 1024;

export function createKnownKeys({ configured, isVocabulary, onChange }: KnownKeysOptions): KnownKeys {
  let marks = new Map<string, string>();
  let finder = createKeyFinder();
  /** The Authorization header of the latest request. The next one is usually the same. */
  let latest = '';
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
    onChange();
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

  startOver();
  return {
    names: createKeyNames(),
    learn,
    learnFrom,
    replace: (text) => finder.replace(text),
    markOf: (value) => marks.get(value),
    markFor,
  };
}

/** Returns the key of an Authorization header. */
function keyOf(authorization: string): string {
  return authorization.slice(authorization.indexOf(' ') + 1).trim();
}

/** Returns whether a key inside the value was already masked. */
function hasMark(value: string): boolean {
  return value.includes(KEY_MARK) || value.includes(SECRET_MARK) || value.includes(REDACTED);
}
