import type { JsonObject, Plan } from '../core/types.ts';
import { bodyExpression } from './compile-context.ts';
import type { MediaSource } from './lifecycle.ts';
import type { MediaKind } from './pack.ts';

/** Largest number of files that a request can ask for. */
const MOST_FILES = 16;

/** Compiles how many files of a kind a task has: a fixed number, or the number in a field of the request. */
export function compileMediaCount({ count = 1 }: MediaSource): Pick<MediaKind, 'countOf' | 'most'> {
  if (count === 1) return { countOf: null, most: 1 };
  if (typeof count === 'number') return { countOf: () => count, most: count };
  const read = bodyExpression(count, '/count');
  return {
    countOf: ({ request }: Pick<Plan, 'request'>) => countIn(read(request as JsonObject)),
    most: MOST_FILES,
  };
}

/** A request without a usable number gets one file. */
function countIn(value: unknown): number {
  const number = Number(value ?? 1);
  return Number.isInteger(number) ? Math.min(MOST_FILES, Math.max(1, number)) : 1;
}
