import { signal } from '@preact/signals';

export const VIEWS = ['overview', 'drive', 'verdicts'] as const;
export type View = (typeof VIEWS)[number];

/** The current view and task. They are in the fragment of the URL, so that a link to a task can be shared. */
export interface Route {
  readonly view: View;
  readonly taskId: string | null;
}

export const route = signal<Route>(readRoute());

addEventListener('hashchange', () => {
  route.value = readRoute();
});

export function openTask(taskId: string): void {
  location.hash = `#${route.value.view}/${encodeURIComponent(taskId)}`;
}

export function closeTask(): void {
  location.hash = `#${route.value.view}`;
}

function readRoute(): Route {
  const [name = '', id] = location.hash.slice(1).split('/');
  const view = VIEWS.find((known) => known === name) ?? 'overview';
  return { view, taskId: id === undefined ? null : decodeURIComponent(id) };
}
