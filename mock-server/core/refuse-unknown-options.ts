import { CodedError, nearest } from './coded-error.ts';

/** The names of all options of a type; the compiler rejects a table that is not complete. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * Rejects options that a function does not have, because a misspelled option would otherwise have no effect.
 * @param owner the function, as in `listen()`
 * @param elsewhere the functions that have an option of this name, by option
 * @throws {CodedError} OPTION_INVALID, with the most similar names
 */
export function refuseUnknownOptions(
  owner: string,
  options: unknown,
  names: Readonly<Record<string, true>>,
  elsewhere: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new CodedError('OPTION_INVALID', `the options of ${owner} must be an object`);
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown === undefined) return;
  throw new CodedError(
    'OPTION_INVALID',
    `unknown option "${unknown.slice(0, 80)}" of ${owner}`,
    remedyFor(
      unknown,
      Object.keys(names),
      Object.hasOwn(elsewhere, unknown) ? elsewhere[unknown] : undefined,
    ),
  );
}

function remedyFor(unknown: string, known: readonly string[], owner: string | undefined): string {
  if (owner !== undefined) return `Pass it to ${owner}.`;
  const close = nearest(unknown, known, 2);
  return close.length > 0 ? `Did you mean ${close.join(' or ')}?` : `Use one of: ${known.join(', ')}.`;
}
