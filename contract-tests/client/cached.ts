/** Caches what is built from an object for the lifetime of the object, because many cases need the same data of a journal. */
export function cached<Key extends object, Value>(build: (key: Key) => Value): (key: Key) => Value {
  const cache = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    let found = cache.get(key);
    if (found === undefined) {
      found = { value: build(key) };
      cache.set(key, found);
    }
    return found.value;
  };
}

/** Groups items by key, in order; items without a key are left out. */
export function groupedBy<Key, Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => Key | null,
): ReadonlyMap<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** Returns the smallest value. `Math.min(...values)` overflows the stack for a long journal. */
export function leastOf(values: Iterable<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) if (!(value >= least)) least = value;
  return least;
}

/** Returns the largest value of any number of values. */
export function mostOf(values: Iterable<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) if (!(value <= most)) most = value;
  return most;
}
