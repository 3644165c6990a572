import { CodedError, nearest } from '../mock-server/index.ts';

/**
 * The cases whose ids begin with one of these; all when there are none.
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
    const close = nearest(
      unknown,
      all.map(({ id }) => id),
    );
    throw new CodedError(
      'CASE_UNKNOWN',
      `there is no case "${unknown}"`,
      close.length > 0 ? `Did you mean ${close.join(' or ')}?` : '"stuntdouble cases" lists all.',
    );
  }
  return all.filter((one) => wanted.some((id) => one.id.startsWith(id)));
}
