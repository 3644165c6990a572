import { computed, signal } from '@preact/signals';
import { hashOf, type Route, readRoute, type View } from './model/address.ts';

export { VIEWS, type View } from './model/address.ts';

export const route = signal<Route>(readRoute(location.hash));

/** The parts of the route on their own, so that a change of a choice does not render the whole page. */
export const view = computed(() => route.value.view);
export const openedTask = computed(() => route.value.taskId);

addEventListener('hashchange', () => {
  clearTimeout(pending);
  route.value = readRoute(location.hash);
});

/** Browsers limit how often the address may change. */
const ADDRESS_EVERY_MS = 250;
let pending: ReturnType<typeof setTimeout> | undefined;

export function openTask(taskId: string, selection: Readonly<Record<string, string>> = {}): void {
  const { span: _previous, ...others } = route.value.query;
  location.hash = hashOf({ view: route.value.view, taskId, query: { ...others, ...selection } });
}

export function closeTask(): void {
  const { span: _previous, ...others } = route.value.query;
  location.hash = hashOf({ view: route.value.view, taskId: null, query: others });
}

/** Returns the link to a view, with the choices of this page. */
export function linkTo(target: View): string {
  return hashOf({ view: target, taskId: null, query: route.value.query });
}

/** Changes choices without a new entry in the history of the browser. An empty value removes a choice. */
export function choose(changes: Readonly<Record<string, string>>): void {
  const merged = Object.entries({ ...route.value.query, ...changes }).filter(([, value]) => value !== '');
  const next = { ...route.value, query: Object.fromEntries(merged) };
  route.value = next;
  clearTimeout(pending);
  pending = setTimeout(() => history.replaceState(history.state, '', hashOf(route.value)), ADDRESS_EVERY_MS);
}
