import { createSecrets, isKeyName, looksLikeKey, REDACTED } from '../mock-server/internal.ts';
import type { SuiteReport } from './report.ts';

/** A placeholder is not a key: `{url}`, `$API_KEY`, `<your key>`. */
const PLACEHOLDER = /^(?:\$|<.*>$)|\{(?:url|key|callback|prompt|dir)\}/;
const nameless = createSecrets();

/** Removes the keys of a run from its report, because reports are shared and keys are not. */
export function withoutKeys(report: SuiteReport, keys: readonly string[]): SuiteReport {
  const secrets = createSecrets(keys.filter((key) => key !== '').map((key) => ({ key, mark: REDACTED })));
  return secrets.maskValue(report);
}

/** Returns a URL without user name, password, and the values of key parameters. */
export function hideInUrl(url: string): string {
  return nameless.maskUrl(url);
}

/** Returns the parameter values that `hideInUrl` replaces. */
export function keysInUrl(url: string): string[] {
  const shown = URL.canParse(hideInUrl(url)) ? new URL(hideInUrl(url)).searchParams : new URLSearchParams();
  return [...new URL(url).searchParams].flatMap(([name, value]) =>
    shown.get(name) === value ? [] : [value],
  );
}

/** Returns whether the value of this variable must not be printed. */
export function isSecretVariable(name: string, value: string): boolean {
  if (value === '' || PLACEHOLDER.test(value)) return false;
  return isKeyName(name) || looksLikeKey(value);
}

/**
 * Replaces keys in the words of a command: `--api-key X`, `API_KEY=X`, `Authorization: Bearer X`, and values that
 * look like keys.
 */
export function hideInCommand(words: readonly string[]): string[] {
  return words.map((word, index) => {
    const [, name = '', value = ''] = /^([\w.-]+)[=:] *([\s\S]*)$/.exec(word) ?? [];
    if (isSecretVariable(name, value)) return word.slice(0, word.length - value.length) + REDACTED;
    const before = words[index - 1] ?? '';
    const isValue = /^--?[\w-]+$/.test(before) && isKeyName(before) && !word.startsWith('-');
    if ((isValue && isSecretVariable(before, word)) || isSecretVariable('', word)) return REDACTED;
    return hideInUrl(word);
  });
}

/** Returns the words of a command that `hideInCommand` replaces. */
export function keysInCommand(words: readonly string[]): string[] {
  const hidden = hideInCommand(words);
  return words.flatMap((word, index) => {
    const shown = hidden[index] ?? '';
    return shown === word || !shown.endsWith(REDACTED) ? [] : [word.slice(shown.length - REDACTED.length)];
  });
}
