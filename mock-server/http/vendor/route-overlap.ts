/** Templates of one method, in which overlaps are found without comparing each with each. */
export interface RouteOverlap<Owner> {
  add(method: string, template: string, owner: Owner): void;
  /** Returns the owner of a route that some path matches as well as this template; null if they are all distinct. */
  find(method: string, template: string): Owner | null;
}

interface Fork<Owner> {
  readonly next: Map<string, Fork<Owner>>;
  owner: Owner | null;
}

/** The keys of segments that are not fixed. */
const ANY = '{}';
const SPANNING = '{+}';

/**
 * Creates a collection of routes. A segment with a fixed and a variable part counts as variable, so a few
 * templates without a common path count as overlapping.
 */
export function createRouteOverlap<Owner>(): RouteOverlap<Owner> {
  const roots = new Map<string, Fork<Owner>>();
  return {
    add(method, template, owner) {
      let branch = roots.get(method) ?? createBranch<Owner>();
      roots.set(method, branch);
      for (const part of partsOf(template)) {
        const next = branch.next.get(part) ?? createBranch<Owner>();
        branch.next.set(part, next);
        branch = next;
      }
      branch.owner ??= owner;
    },
    find(method, template) {
      const root = roots.get(method);
      return root === undefined ? null : search(root, partsOf(template));
    },
  };
}

/** Returns whether some path matches both templates. */
export function overlap(first: string, second: string): boolean {
  const routes = createRouteOverlap<true>();
  routes.add('', first, true);
  return routes.find('', second) !== null;
}

function createBranch<Owner>(): Fork<Owner> {
  return { next: new Map(), owner: null };
}

function partsOf(template: string): string[] {
  return template
    .split('/')
    .slice(1)
    .map((part) => (part.includes('{+') ? SPANNING : part.includes('{') ? ANY : part));
}

function search<Owner>(branch: Fork<Owner>, parts: readonly string[], index = 0): Owner | null {
  const part = parts[index];
  if (part === undefined) return branch.owner;
  for (const [key, next] of branchesFor(branch, part)) {
    const found = search(next, parts, index + 1) ?? searchSpanning({ branch: next, key }, { parts, index });
    if (found !== null) return found;
  }
  return null;
}

/** Searches with a spanning segment on either side that matches one more segment of the other. */
function searchSpanning<Owner>(
  { branch, key }: { readonly branch: Fork<Owner>; readonly key: string },
  { parts, index }: { readonly parts: readonly string[]; readonly index: number },
): Owner | null {
  if (key === SPANNING) {
    for (let further = index + 2; further <= parts.length; further++) {
      const found = search(branch, parts, further);
      if (found !== null) return found;
    }
  }
  // The same spanning segment of the template matches the next segment of the route as well.
  return parts[index] === SPANNING ? search(branch, parts, index) : null;
}

function branchesFor<Owner>({ next }: Fork<Owner>, part: string): (readonly [string, Fork<Owner>])[] {
  if (part === ANY || part === SPANNING) return [...next];
  return [part, ANY, SPANNING].flatMap((key) => {
    const branch = next.get(key);
    return branch === undefined ? [] : [[key, branch] as const];
  });
}
