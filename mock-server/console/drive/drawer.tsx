import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { refusals } from '../live.ts';
import { ActionList, actions } from './actions.tsx';
import { closeDrawer, drawer, openDrawer, SECTIONS, type Section, toggleDrawer } from './drawer-state.ts';
import { QueueForm } from './queue-form.tsx';
import { RefusedCalls } from './refused-calls.tsx';
import { Reset } from './reset.tsx';
import { Scenes } from './scenes.tsx';
import { SubmitForm } from './submit-form.tsx';

const TITLES: Readonly<Record<Section, string>> = {
  scenes: 'Scenes',
  submit: 'Submit',
  queue: 'Queue',
  actions: 'Actions',
  refused: 'Refused',
};

const CONTENT: Readonly<Record<Section, () => ComponentChildren>> = {
  scenes: () => <Scenes />,
  submit: () => <SubmitForm />,
  queue: () => <QueueForm />,
  actions: () => (
    <>
      <ActionList />
      <Reset />
    </>
  ),
  refused: () => <RefusedCalls />,
};

/** Opens the drawer, and closes it again. Its key is `d`. */
export function DrawerButton() {
  return (
    <button
      type="button"
      class="add-scene"
      aria-expanded={drawer.value !== null}
      aria-keyshortcuts="d"
      title="Scenes, submissions and queued scenarios (d)"
      onClick={toggleDrawer}
    >
      + Scene
    </button>
  );
}

/** Scenes, submissions and the queue, next to the lanes that show their effect. Nothing while it is closed. */
export function Drawer() {
  const section = drawer.value;
  return section === null ? null : <OpenDrawer section={section} />;
}

function OpenDrawer({ section }: { readonly section: Section }) {
  const aside = useFocusWhileOpen();
  return (
    <aside
      class="drawer"
      aria-label="Drive"
      ref={aside}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        closeDrawer();
      }}
    >
      <div class="drawer-head">
        <div role="tablist" aria-label="Sections" onKeyDown={(event) => moveAmongTabs(event, section)}>
          {SECTIONS.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`tab-${name}`}
              aria-selected={name === section}
              aria-controls="drawer-content"
              tabIndex={name === section ? 0 : -1}
              onClick={() => openDrawer(name)}
            >
              {TITLES[name]}
              {countOf(name)}
            </button>
          ))}
        </div>
        <button type="button" class="close" aria-label="Close the drawer" onClick={closeDrawer}>
          ✕
        </button>
      </div>
      <div class="drawer-content" id="drawer-content" role="tabpanel" aria-labelledby={`tab-${section}`}>
        {CONTENT[section]()}
      </div>
    </aside>
  );
}

/** Moves the focus into the drawer when it opens, and back when it closes. */
function useFocusWhileOpen() {
  const aside = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    aside.current?.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
    return () => {
      const current = document.activeElement;
      const isInside = current === null || current === document.body || aside.current?.contains(current);
      if (isInside === false) return;
      const button = document.querySelector<HTMLElement>('.add-scene');
      if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
      else button?.focus();
    };
  }, []);
  return aside;
}

function moveAmongTabs(event: KeyboardEvent, section: Section): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  const next = SECTIONS[(SECTIONS.indexOf(section) + step + SECTIONS.length) % SECTIONS.length];
  if (step === 0 || next === undefined) return;
  event.preventDefault();
  openDrawer(next);
  document.getElementById(`tab-${next}`)?.focus();
}

function countOf(section: Section): string {
  const count =
    section === 'actions' ? actions.value.length : section === 'refused' ? refusals.value.length : 0;
  return count === 0 ? '' : ` ${count}`;
}
