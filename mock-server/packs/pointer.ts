/** Encodes `key` as one step of a JSON Pointer. */
export function step(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Returns the value at a JSON Pointer (RFC 6901), or undefined. Inherited properties are ignored. */
export function atPointer(value: unknown, pointer: string): unknown {
  let current = value;
  for (const part of pointerParts(pointer)) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    if (Array.isArray(current) && !/^\d+$/.test(part)) return undefined;
    current = (current as Record<string, unknown>)[part];
  }
  return current;
}

/** Splits a JSON Pointer into its unescaped parts. */
export function pointerParts(pointer: string): string[] {
  if (pointer === '' || pointer === '/') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
