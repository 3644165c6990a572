import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { toNextEvent } from './clock/move-clock.ts';
import { toggleDrawer } from './drive/drawer-state.ts';
import { SEARCH_ID } from './overview/toolbar.tsx';
import { fit, freeze, frozen, zoom } from './overview/view-state.ts';
import { route } from './route.ts';

const isHelpOpen = signal(false);

interface Key {
  readonly keys: string;
  readonly does: string;
  readonly act?: () => void;
}

/** The keys of the page. Those without an action belong to the list of tasks or to the browser. */
const KEYS: readonly Key[] = [
  { keys: '/', does: 'search', act: () => focusSearch() },
  { keys: 'n', does: 'move the clock to the next event', act: () => void toNextEvent() },
  { keys: 'f', does: 'fit the latest tasks', act: fit },
  { keys: 'p', does: 'freeze the picture, or continue', act: () => freeze(frozen.value === null) },
  { keys: '+', does: 'zoom in', act: () => zoom(0.5) },
  { keys: '-', does: 'zoom out', act: () => zoom(2) },
  { keys: 'd', does: 'open the scenes and what else can be done, or close them', act: toggleDrawer },
  { keys: 'o', does: 'show the tasks', act: showTasks },
  { keys: '?', does: 'show the keys', act: () => toggleHelp() },
  { keys: '↓ ↑ j k Home End', does: 'move in the list of tasks' },
  { keys: 'Enter', does: 'open a task' },
  { keys: 'Esc', does: 'close a task' },
];

function focusSearch(): void {
  showTasks();
  requestAnimationFrame(() => document.getElementById(SEARCH_ID)?.focus());
}

function showTasks(): void {
  if (route.value.view === 'verdicts') location.hash = '#overview';
}

function toggleHelp(): void {
  isHelpOpen.value = !isHelpOpen.value;
}

const TYPING = 'input:not([type=range]), select, textarea, [contenteditable]';

function onKey(event: KeyboardEvent): void {
  if (event.target instanceof Element && event.target.matches(TYPING)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = KEYS.find(({ keys, act }) => keys === event.key && act !== undefined);
  if (key?.act === undefined) return;
  event.preventDefault();
  key.act();
}

/** Handles the keys of the page, and shows them on request. */
export function Keys() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);
  return (
    <>
      <button type="button" class="help" title="Keys (?)" onClick={toggleHelp}>
        <span aria-hidden="true">?</span>
        <span class="unseen">Keys</span>
      </button>
      <dialog
        ref={dialog}
        aria-labelledby="keys-title"
        onClose={() => {
          isHelpOpen.value = false;
        }}
      >
        <h2 id="keys-title">Keys</h2>
        <dl class="keys">
          {KEYS.map(({ keys, does }) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <p>
          Drag the lanes to move through time. The wheel zooms with Ctrl, and moves through time with Shift.
        </p>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  );
}
