import { useEffect } from 'preact/hooks';
import { Announcer } from './announcer.tsx';
import { hasToken } from './api.ts';
import { ClockBar } from './clock/clock-bar.tsx';
import { Drawer, DrawerButton } from './drive/drawer.tsx';
import { Keys } from './keys.tsx';
import { connection, instance, lanes, version } from './live.ts';
import { Overview } from './overview/overview.tsx';
import { linkTo, openedTask, VIEWS, type View, view } from './route.ts';
import { TaskPage } from './task/task-page.tsx';
import { TokenForm } from './token-form.tsx';
import { Verdicts } from './verdicts/verdicts.tsx';

/** Another name of the overview opens it with the drawer. */
const TITLES: Readonly<Record<Exclude<View, 'drive'>, string>> = { overview: 'Tasks', verdicts: 'Verdicts' };

export function App() {
  const name = view.value === 'drive' ? 'overview' : view.value;
  const taskId = openedTask.value;
  useTitle();
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <h1>Stunt Double</h1>
        <nav aria-label="Views">
          {VIEWS.filter((other) => other !== 'drive').map((other) => (
            <a key={other} href={linkTo(other)} aria-current={other === name ? 'page' : undefined}>
              {TITLES[other]}
            </a>
          ))}
        </nav>
        <DrawerButton />
        <Facts />
        <Keys />
      </header>
      <ClockBar />
      <main id="main" tabIndex={-1} class={taskId === null ? '' : 'with-task'}>
        {name === 'overview' && <Overview />}
        {name === 'verdicts' && <Verdicts />}
        {taskId !== null && <TaskPage key={`${instance.value} ${taskId}`} taskId={taskId} />}
        <Drawer />
      </main>
      <Announcer />
    </>
  );
}

/** The title names the task and what became of its callback, for the tabs and the history of the browser. */
function useTitle(): void {
  const _version = version.value;
  const taskId = openedTask.value;
  const lane = taskId === null ? undefined : lanes.byId.get(taskId);
  const task = taskId === null ? '' : `${taskId.slice(0, 8)} · ${lane?.status ?? 'task'}`;
  const title = `${task === '' ? TITLES[view.value === 'drive' ? 'overview' : view.value] : task} – Stunt Double`;
  useEffect(() => {
    document.title = title;
  }, [title]);
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
      <span>{count(lanes.total)}</span>
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
