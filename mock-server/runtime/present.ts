/** Numbers under `at` and `…At` become ISO times; the rest stays as it is. */
export type Presented<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? Presented<Item>[]
    : T extends object
      ? { [K in keyof T]: K extends 'at' | `${string}At` ? PresentedTime<T[K]> : Presented<T[K]> }
      : T;

type PresentedTime<T> = T extends number ? string : T extends null ? null : Presented<T>;

/** Makes data readable for people: times are numbers inside, ISO 8601 outside. What users sent stays untouched. */
export function present<T>(value: T): Presented<T> {
  return walk(value) as Presented<T>;
}

/** Parts that hold what somebody else wrote: a field of theirs may be called `createdAt`, too. */
const FOREIGN = new Set(['request', 'headers']);

function walk(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value !== 'object' || value === null) return value;
  const shown: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (FOREIGN.has(key)) shown[key] = inner;
    else if (typeof inner === 'number' && isTimeKey(key)) shown[key] = new Date(inner).toISOString();
    else shown[key] = walk(inner);
  }
  return shown;
}

function isTimeKey(key: string): boolean {
  return key === 'at' || key.endsWith('At');
}
