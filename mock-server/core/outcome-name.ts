import type { Outcome } from './types.ts';

/** Returns the name of an outcome, which is that of the scenario with this outcome. */
export function outcomeName(outcome: Outcome): string {
  return outcome.type === 'failure' ? failureName(outcome.slug) : outcome.type;
}

/** Returns the name of the scenario with a failure. */
export function failureName(slug: string): string {
  return `fail.${slug}`;
}
