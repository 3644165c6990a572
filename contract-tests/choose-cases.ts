import { CodedError } from '../mock-server/index.ts';
import { didYouMean } from '../mock-server/internal.ts';

/**
 * Returns the cases whose ids start with one of these prefixes, or all cases without prefixes.
 * @throws {CodedError} CASE_UNKNOWN
 */
export function chooseCases<Case extends { readonly id: string }>(
  all: readonly Case[],
  only: readonly string[] = [],
): readonly Case[] {
  if (only.length === 0) return all;
  const wanted = only.map((id) => id.toUpperCase());
  const unknown = wanted.find((id) => !all.some((one) => one.id.startsWith(id)));
  if (unknown !== undefined) {
    const known = all.map(({ id }) => id);
    throw new CodedError(
      'CASE_UNKNOWN',
      `unknown case "${unknown}"`,
      didYouMean(unknown, known, 'Run "stuntdouble cases" for the full list.'),
    );
  }
  return all.filter((one) => wanted.some((id) => one.id.startsWith(id)));
}
