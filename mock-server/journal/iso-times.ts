/** The same data with ISO 8601 times in place of numbers under `at` and `…At`. */
export type Presented<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? Presented<Item>[]
    : T extends object
      ? { [K in keyof T]: K extends 'at' | `${string}At` ? PresentedTime<T[K]> : Presented<T[K]> }
      : T;

type PresentedTime<T> = T extends number ? string : T extends null ? null : Presented<T>;

/** Converts times from numbers to ISO 8601 for display. User-supplied data is not changed. */
export function present<T>(value: T): Presented<T> {
  return walk(value) as Presented<T>;
}

/** Parts with user-supplied data, whose fields may have names like `createdAt`. */
const USER_SUPPLIED = new Set(['request', 'headers']);

function walk(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value !== 'object' || value === null) return value;
  // An assignment to the key `__proto__` would set the prototype.
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shownAs(key, inner)]));
}

function shownAs(key: string, value: unknown): unknown {
  if (USER_SUPPLIED.has(key)) return value;
  return typeof value === 'number' && isTimeKey(key) ? new Date(value).toISOString() : walk(value);
}

function isTimeKey(key: string): boolean {
  return key === 'at' || key.endsWith('At');
}
