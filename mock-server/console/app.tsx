import { hasToken } from './api.ts';
import { Drawer, DrawerButton } from './drive/drawer.tsx';
import { toggleDrawer } from './drive/drawer-state.ts';
import { clock, connection, lanes, version } from './live.ts';
import { Overview } from './overview/overview.tsx';
import { route, VIEWS, type View } from './route.ts';
import { TaskPage } from './task/task-page.tsx';
import { TokenForm } from './token-form.tsx';
import { Verdicts } from './verdicts/verdicts.tsx';

/** The view "drive" is the overview with the drawer. */
const TITLES: Readonly<Record<Exclude<View, 'drive'>, string>> = {
  overview: 'Overview',
  verdicts: 'Verdicts',
};

addEventListener('keydown', (event) => {
  if (event.key !== 'd' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  event.preventDefault();
  toggleDrawer();
});

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input, select, textarea, [contenteditable]');
}

export function App() {
  const { view, taskId } = route.value;
  const shown = view === 'drive' ? 'overview' : view;
  return (
    <>
      <header class="top">
        <h1>Stunt Double</h1>
        <nav aria-label="Views">
          {VIEWS.filter((name) => name !== 'drive').map((name) => (
            <a key={name} href={`#${name}`} aria-current={name === shown ? 'page' : undefined}>
              {TITLES[name]}
            </a>
          ))}
        </nav>
        <DrawerButton />
        <Facts />
      </header>
      <main class={taskId === null ? '' : 'with-task'}>
        {shown === 'overview' && <Overview />}
        {view === 'verdicts' && <Verdicts />}
        {taskId !== null && <TaskPage key={taskId} taskId={taskId} />}
        <Drawer />
      </main>
    </>
  );
}

const CONNECTION_WORDS = {
  connecting: 'connecting…',
  open: 'live',
  lost: 'connection lost, reconnecting…',
  'token-needed': 'token required',
} as const;

function Facts() {
  // Reading the signal renders the counts again when the model changes.
  const _version = version.value;
  const state = connection.value;
  return (
    <div class="facts">
      <span>{count(lanes.list.length)}</span>
      {clock.value !== null && (
        <span>
          {clock.value.mode} clock
          {clock.value.mode === 'real'
            ? ''
            : `, ${new Date(lanes.at).toISOString().slice(0, 19).replace('T', ' ')}`}
        </span>
      )}
      <span role="status" class={`connection ${state}`}>
        {state === 'token-needed' && hasToken ? 'wrong token' : CONNECTION_WORDS[state]}
      </span>
      {state === 'token-needed' && <TokenForm />}
    </div>
  );
}

function count(tasks: number): string {
  return tasks === 1 ? '1 task' : `${tasks.toLocaleString('en')} tasks`;
}
