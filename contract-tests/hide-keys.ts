import { createSecrets, isKeyName, looksLikeKey, REDACTED } from '../mock-server/index.ts';
import type { SuiteReport } from './report.ts';

/** Where a value has a place to be filled in, it is no key: `{url}`, `$API_KEY`, `<your key>`. */
const PLACEHOLDER = /^(?:\$|<.*>$)|\{(?:url|key|callback|prompt|dir)\}/;
const nameless = createSecrets();

/** A report without the keys that its run was given: it is passed around, and they are not. */
export function withoutKeys(report: SuiteReport, keys: readonly string[]): SuiteReport {
  const secrets = createSecrets(keys.filter((key) => key !== '').map((key) => ({ key, mark: REDACTED })));
  return secrets.maskValue(report);
}

/** A URL without user name, password, and the values of parameters for keys. */
export function hideInUrl(url: string): string {
  return nameless.maskUrl(url);
}

/** The values of parameters that `hideInUrl` replaces. */
export function keysInUrl(url: string): string[] {
  const shown = URL.canParse(hideInUrl(url)) ? new URL(hideInUrl(url)).searchParams : new URLSearchParams();
  return [...new URL(url).searchParams].flatMap(([name, value]) =>
    shown.get(name) === value ? [] : [value],
  );
}

/** Whether the value of this variable must not be printed. */
export function isSecretVariable(name: string, value: string): boolean {
  if (value === '' || PLACEHOLDER.test(value)) return false;
  return isKeyName(name) || looksLikeKey(value);
}

/** The words of a command, with keys replaced: `--api-key X`, `API_KEY=X`, `Authorization: Bearer X`, and what looks like one. */
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

/** The words of a command that `hideInCommand` replaces. */
export function keysInCommand(words: readonly string[]): string[] {
  const hidden = hideInCommand(words);
  return words.flatMap((word, index) => {
    const shown = hidden[index] ?? '';
    return shown === word || !shown.endsWith(REDACTED) ? [] : [word.slice(shown.length - REDACTED.length)];
  });
}
