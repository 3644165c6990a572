import { computed, effect, untracked } from '@preact/signals';
import { choose, openedTask, route } from '../route.ts';

export const SECTIONS = ['scenes', 'submit', 'queue', 'actions', 'refused'] as const;
export type Section = (typeof SECTIONS)[number];

/** The section of the drawer, which is in the address; null while the drawer is closed. The view "drive" opens it. */
export const drawer = computed<Section | null>(() => {
  const { view, query } = route.value;
  const chosen = SECTIONS.find((one) => one === query.drive);
  return chosen ?? (view === 'drive' ? 'scenes' : null);
});

export function openDrawer(section: Section): void {
  choose({ drive: section });
}

export function closeDrawer(): void {
  if (route.value.view === 'drive') route.value = { ...route.value, view: 'overview' };
  choose({ drive: '' });
}

export function toggleDrawer(): void {
  if (drawer.value === null) openDrawer('scenes');
  else closeDrawer();
}

/** The width from which lanes, a task and the drawer have room next to each other, as in the style sheet. */
const TOO_NARROW = '(max-width: 100rem)';

/** A task that is opened must not be covered by the drawer. */
effect(() => {
  if (openedTask.value === null || !matchMedia(TOO_NARROW).matches) return;
  // Only tasks count here: the drawer can be opened again while one is open.
  if (drawer.peek() !== null) untracked(closeDrawer);
});
