/** The minimum length of a text that is recognized as a key by its characters alone. */
const SHORTEST_KEY = 12;
/** Text of this length or longer is not a word, even if it has only letters. */
const LONGER_THAN_WORDS = 24;
const DISTINCT = 6;

/** Names that only secrets have. */
export const TELLING =
  '(?:x[-_])?api[-_]?key|(?:access|auth|api|bearer|refresh|id|session)[-_]?token|authorization|client[-_]?secret|password|passwd|x-amz-signature';
/** Names that other values also have. */
export const DOUBTFUL = 'token|auth|secret|sig|signature';

const IS_TELLING = new RegExp(`^(?:${TELLING})$`, 'i');
/** Matches names of variables and options that consist of several words. */
const HAS_KEY_WORD =
  /(?:^|[-_.])(?:key|apikey|token|secret|password|passwd|pwd|auth|authorization|credentials?|cookie)(?:$|[-_.=])/i;

/** Common prefixes of vendors' keys. */
const HAS_KEY_PREFIX = /^(?:sk|pk|rk|key|whsec|ghp|xox[a-z])[-_]/i;

/**
 * Returns whether a text cannot be mistaken for a word: it has at least 12 characters, 6 of them distinct, and is not
 * made of words alone unless it has 24 characters or the prefix of a key, like `sk-very-secret`. Words may be joined,
 * as in `image_url_list` or `application/json`.
 */
export function isUnmistakable(key: string): boolean {
  if (key.length < SHORTEST_KEY || new Set(key).size < DISTINCT) return false;
  const isWords = /^[a-z]+(?:[-_./ ][a-z]+)*$/i.test(key);
  return key.length >= LONGER_THAN_WORDS || !isWords || HAS_KEY_PREFIX.test(key);
}

/** Returns whether a text could be a name, like `gen4_image_turbo`: no capitals, and at most three digits. */
export function isWordLike(text: string): boolean {
  return (
    text.length < LONGER_THAN_WORDS && text === text.toLowerCase() && text.replace(/\D/g, '').length <= 3
  );
}

/** Returns whether only secrets have this name. */
export function isTellingName(name: string): boolean {
  return IS_TELLING.test(name);
}

/** Returns whether a variable or an option of this name contains a key: API_KEY, --token, GITHUB_TOKEN, but not --key-file. */
export function isKeyName(name: string): boolean {
  const words = name.replace(/([a-z])([A-Z])/g, '$1_$2');
  return HAS_KEY_WORD.test(words) && !/[-_.](?:file|path|dir|name|id|url|header)$/i.test(words);
}

/** Returns whether a value looks like a key: letters and digits without the parts of a path. */
export function looksLikeKey(value: string): boolean {
  const plain = value.replace(/^(?:Bearer|Basic|Token) +/i, '');
  if (!/^[\w+=~-]+(?:\.[\w+=-]+){0,2}$/.test(plain) || !isUnmistakable(plain)) return false;
  return HAS_KEY_PREFIX.test(plain) || (/\d/.test(plain) && /[a-z]/i.test(plain) && plain.length >= 20);
}
