import { compilePathTemplate, matchPath, type PathPattern } from '../../core/path-template.ts';

/** A target, and the values of the parameters in the path that led to it. */
export interface FoundRoute<Target> {
  readonly target: Target;
  readonly pathParams: Readonly<Record<string, string>>;
}

/** Finds targets by method and path. The time of a look-up does not depend on the number of routes. */
export interface RouteTable<Target> {
  /** Adds a route. A route with the same template replaces an earlier one. */
  add(method: string, template: string, target: Target): void;
  /** Finds a route without parameters. */
  findFixed(method: string, path: string): Target | null;
  /** Finds a route with parameters. Fixed segments are preferred to parameters, and `{name}` to `{+name}`. */
  findPattern(method: string, path: string): FoundRoute<Target> | null;
}

/** The routes that share their first segments. */
interface RouteBranch<Target> {
  readonly fixed: Map<string, RouteBranch<Target>>;
  /** Segments with a fixed and a variable part, such as `{id}:cancel`. */
  readonly partly: {
    readonly part: string;
    readonly expression: RegExp;
    readonly next: RouteBranch<Target>;
  }[];
  any: RouteBranch<Target> | null;
  /** Routes with `{+name}` at this place. */
  readonly spanning: Leaf<Target>[];
  leaf: Leaf<Target> | null;
}

interface Leaf<Target> {
  readonly template: string;
  readonly pattern: PathPattern;
  readonly target: Target;
}

export function createRouteTable<Target>(): RouteTable<Target> {
  const fixed = new Map<string, Target>();
  const roots = new Map<string, RouteBranch<Target>>();

  return {
    add(method, template, target) {
      if (!template.includes('{')) {
        fixed.set(`${method} ${template}`, target);
        return;
      }
      let root = roots.get(method);
      if (root === undefined) {
        root = createBranch();
        roots.set(method, root);
      }
      addLeaf(root, { template, pattern: compilePathTemplate(template), target });
    },
    findFixed: (method, path) => fixed.get(`${method} ${path}`) ?? null,
    findPattern(method, path) {
      const root = roots.get(method);
      return root === undefined ? null : search(root, { path, segments: path.split('/') }, 1);
    },
  };
}

function createBranch<Target>(): RouteBranch<Target> {
  return { fixed: new Map(), partly: [], any: null, spanning: [], leaf: null };
}

function addLeaf<Target>(root: RouteBranch<Target>, leaf: Leaf<Target>): void {
  let branch = root;
  for (const part of leaf.template.split('/').slice(1)) {
    if (part.includes('{+')) return addSpanning(branch, leaf);
    branch = nextBranch(branch, part);
  }
  branch.leaf = leaf;
}

/** The longest template comes first, because it has the most fixed segments. */
function addSpanning<Target>({ spanning }: RouteBranch<Target>, leaf: Leaf<Target>): void {
  const { length } = leaf.template;
  const place = spanning.findIndex(({ template }) => template.length < length);
  spanning.splice(place < 0 ? spanning.length : place, 0, leaf);
}

function nextBranch<Target>(branch: RouteBranch<Target>, part: string): RouteBranch<Target> {
  if (!part.includes('{')) {
    const next = branch.fixed.get(part) ?? createBranch<Target>();
    branch.fixed.set(part, next);
    return next;
  }
  if (/^\{[^}]+\}$/.test(part)) {
    branch.any ??= createBranch();
    return branch.any;
  }
  const known = branch.partly.find((one) => one.part === part);
  if (known !== undefined) return known.next;
  const next = createBranch<Target>();
  branch.partly.push({ part, expression: compilePathTemplate(part).expression, next });
  return next;
}

interface Sought {
  readonly path: string;
  readonly segments: readonly string[];
}

function search<Target>(
  branch: RouteBranch<Target>,
  sought: Sought,
  index: number,
): FoundRoute<Target> | null {
  const { path, segments } = sought;
  const part = segments[index];
  if (part === undefined) return branch.leaf === null ? null : match(branch.leaf, path);
  const fixed = branch.fixed.get(part);
  const found = fixed === undefined ? null : search(fixed, sought, index + 1);
  if (found !== null) return found;
  for (const { expression, next } of branch.partly) {
    const further = expression.test(part) ? search(next, sought, index + 1) : null;
    if (further !== null) return further;
  }
  const further = branch.any === null || part === '' ? null : search(branch.any, sought, index + 1);
  return further ?? firstMatch(branch.spanning, path);
}

function firstMatch<Target>(leaves: readonly Leaf<Target>[], path: string): FoundRoute<Target> | null {
  for (const leaf of leaves) {
    const found = match(leaf, path);
    if (found !== null) return found;
  }
  return null;
}

function match<Target>({ pattern, target }: Leaf<Target>, path: string): FoundRoute<Target> | null {
  const pathParams = matchPath(pattern, path);
  return pathParams === null ? null : { target, pathParams };
}
