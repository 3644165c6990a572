import { ERRORS, type ErrorCode, errorPage } from './error-codes.ts';

export type { ErrorCode };

/** An error with a code, a message that names the offending value, and a remedy. */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly code: ErrorCode;
  /** The general summary of the error code. */
  readonly title: string;
  /** How to fix it; empty if the message already says so. */
  readonly remedy: string;
  /** The page that documents the error: a path inside the package, with an anchor. */
  readonly page: string;

  constructor(code: ErrorCode, message: string, remedy = '') {
    super(message);
    this.code = code;
    this.title = ERRORS[code].title;
    this.remedy = remedy;
    this.page = errorPage(code);
  }
}

/** Returns the entries of `known` that are most similar to `wanted`, most similar first, for "Did you mean". */
export function nearest(wanted: string, known: readonly string[], most = 3): string[] {
  return known
    .map((name) => ({ name, distance: editDistance(wanted, name) }))
    .filter(({ name, distance }) => distance <= Math.max(3, Math.ceil(name.length / 2)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ name }) => name);
}

/** Returns the number of characters to insert, delete or replace. Compares only the first 100 characters of `a`. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= Math.min(a.length, 100); i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(swap, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
