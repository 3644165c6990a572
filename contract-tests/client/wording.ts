/** Returns a number of things, in the singular or in the plural: `1 call`, `2 calls`. */
export function count(things: number | readonly unknown[], noun: string): string {
  const n = typeof things === 'number' ? things : things.length;
  return `${n} ${n === 1 ? noun : `${noun}s`}`;
}

/** Returns how often something happened: `once`, `twice`, `3 times`. */
export function times(n: number): string {
  if (n === 1) return 'once';
  return n === 2 ? 'twice' : `${n} times`;
}
