import type { PathParams } from './types.ts';

const PLACEHOLDER = /\{(?:id|\$request\.path\.([^{}]+))\}/g;

/** Returns a path such as `jobs/{$request.path.model}/{id}` with the id and the parameters of a request filled in. */
export function pathWithId(path: string, id: string, pathParams: PathParams | null): string {
  return path.replace(PLACEHOLDER, (_placeholder, name?: string) => {
    if (name === undefined) return id;
    return pathParams !== null && Object.hasOwn(pathParams, name) ? (pathParams[name] ?? '') : '';
  });
}

/** Returns the names of the path parameters in such a path. */
export function paramsInPath(path: string): string[] {
  return [...path.matchAll(PLACEHOLDER)].flatMap(([, name]) => name ?? []);
}
