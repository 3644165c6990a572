export const VIEWS = ['overview', 'drive', 'verdicts'] as const;
export type View = (typeof VIEWS)[number];

/**
 * The current view and task, and what is selected there. They are in the fragment of the URL, so that a link shows the
 * same to somebody else.
 */
export interface Route {
  readonly view: View;
  readonly taskId: string | null;
  /** Named choices of the views, such as the search. */
  readonly query: Readonly<Record<string, string>>;
}

/** Reads the fragment of an address. */
export function readRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?');
  const [name = '', id] = path.split('/');
  return {
    view: VIEWS.find((known) => known === name) ?? 'overview',
    taskId: id === undefined || id === '' ? null : decoded(id),
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

/** A link can be cut off in the middle of an escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns the fragment of an address. */
export function hashOf({ view: name, taskId, query }: Route): string {
  const search = new URLSearchParams(query).toString();
  const path = taskId === null ? name : `${name}/${encodeURIComponent(taskId)}`;
  return `#${path}${search === '' ? '' : `?${search}`}`;
}
