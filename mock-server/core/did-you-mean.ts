import { nearest } from './coded-error.ts';

/**
 * Returns the question for a mistyped name, or `otherwise` when no known name is similar.
 * @param most number of names in the question (default: 3)
 */
export function didYouMean(wanted: string, known: readonly string[], otherwise: string, most = 3): string {
  const close = nearest(wanted, known, most);
  return close.length > 0 ? `Did you mean ${close.join(' or ')}?` : otherwise;
}
