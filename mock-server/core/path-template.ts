/** The parameters of a path template such as `/clips/{id}`, and the expression that its paths match. */
export interface PathPattern {
  readonly names: readonly string[];
  /** Captures the values of the parameters, in the order of `names`. */
  readonly expression: RegExp;
}

const PARAMETER = /\{\+?([^}]+)\}/g;

const ONE_SEGMENT = '([^/]+)';
const ANY_SEGMENTS = '([^/]+(?:/[^/]+)*)';

/** Returns the names of the parameters in a path template. */
export function pathParamNames(template: string): string[] {
  return [...template.matchAll(PARAMETER)].map(([, name = '']) => name);
}

/** Compiles a path template. `{id}` matches one segment, `{+id}` one or more; none of them is empty. */
export function compilePathTemplate(template: string): PathPattern {
  const source = template
    .split(/(\{[^}]+\})/)
    .map((piece) => {
      if (piece.startsWith('{+')) return ANY_SEGMENTS;
      return piece.startsWith('{') ? ONE_SEGMENT : piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return { names: pathParamNames(template), expression: new RegExp(`^${source}$`) };
}

/** Returns the values of the parameters in a path; null when the path does not match. */
export function matchPath({ names, expression }: PathPattern, path: string): Record<string, string> | null {
  const values = expression.exec(path);
  if (values === null) return null;
  return Object.fromEntries(names.map((name, index) => [name, decodePercent(values[index + 1] ?? '')]));
}

/** Returns a key for a route in which the names of path parameters are not significant. */
export function routeKey(method: string, template: string): string {
  return `${method} ${template.replaceAll(/\{(\+?)[^}]+\}/g, '{$1}')}`;
}

/** Decodes percent-encoding; a text with invalid encoding is returned unchanged. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
