import { CodedError } from '../../core/coded-error.ts';
import { compilePathTemplate, matchPath, type PathPattern, routeKey } from '../../core/path-template.ts';
import type { Operation, Pack } from '../../packs/pack.ts';
import { createRecognizer, type Recognizer } from './recognize.ts';

export interface Target {
  readonly pack: Pack;
  readonly operation: Operation;
}

export interface Match extends Target {
  readonly pathParams: Readonly<Record<string, string>>;
}

/** Finds the operation for a method and path. Most paths need a single look-up. */
export interface Router {
  find(method: string, path: string): Match | null;
  /** Finds the vendor of calls that do not match any operation. */
  readonly recognizer: Recognizer;
}

interface Pattern extends PathPattern {
  readonly method: string;
  readonly target: () => Target;
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Creates a router for the packs.
 * @param mounts prefix by pack name, for packs that claim the same path
 * @throws {CodedError} PACK_CONFLICT when two packs claim the same method and path
 */
export function createRouter(packs: readonly Pack[], mounts: Readonly<Record<string, string>>): Router {
  const exact = new Map<string, () => Match>();
  const patterns: Pattern[] = [];
  const claims = new Map<string, Pack>();
  let recognizer: Recognizer | undefined;

  for (const pack of packs) {
    for (const [index, { method, path: own }] of pack.routes.entries()) {
      const path = (mounts[pack.name] ?? '') + own;
      const target = targetOf(pack, index);
      claim(routeKey(method, path), pack);
      if (path.includes('{')) patterns.push({ method, target, ...compilePathTemplate(path) });
      else exact.set(`${method} ${path}`, target);
    }
  }

  function claim(line: string, pack: Pack): void {
    const other = claims.get(line);
    if (other !== undefined) throw conflict(line, other, pack);
    claims.set(line, pack);
  }

  return {
    find(method, path) {
      return exact.get(`${method} ${path}`)?.() ?? matchPattern(patterns, method, path);
    },
    get recognizer() {
      recognizer ??= createRecognizer(packs, mounts);
      return recognizer;
    },
  };
}

/** Returns a function that finds an operation on first use, because packs are not compiled before they are used. */
function targetOf(pack: Pack, index: number): () => Match {
  let match: Match | undefined;
  return () => {
    match ??= { pack, operation: operationAt(pack, index), pathParams: NO_PARAMS };
    return match;
  };
}

function operationAt({ name, operations }: Pack, index: number): Operation {
  const operation = operations[index];
  if (operation === undefined) throw new Error(`route ${index} of pack ${name} has no operation`);
  return operation;
}

function matchPattern(patterns: readonly Pattern[], method: string, path: string): Match | null {
  for (const pattern of patterns) {
    const pathParams = pattern.method === method ? matchPath(pattern, path) : null;
    if (pathParams === null) continue;
    const { pack, operation } = pattern.target();
    return { pack, operation, pathParams };
  }
  return null;
}

function conflict(line: string, first: Pack, second: Pack): CodedError {
  return new CodedError(
    'PACK_CONFLICT',
    `packs "${first.name}" and "${second.name}" both claim ${line}`,
    `Move one of them: --mount ${second.name}=/${second.name}`,
  );
}
