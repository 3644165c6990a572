import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Announcer } from './announcer.tsx';
import { saveToken } from './api.ts';
import { ClockBar } from './clock/clock-bar.tsx';
import { Drive } from './drive/drive.tsx';
import { Keys } from './keys.tsx';
import { connection, instance, lanes, version } from './live.ts';
import { Overview } from './overview/overview.tsx';
import { linkTo, openedTask, VIEWS, type View, view } from './route.ts';
import { TaskPage } from './task/task-page.tsx';
import { Verdicts } from './verdicts/verdicts.tsx';

const TITLES: Readonly<Record<View, string>> = { overview: 'Tasks', drive: 'Drive', verdicts: 'Verdicts' };

export function App() {
  const name = view.value;
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
          {VIEWS.map((other) => (
            <a key={other} href={linkTo(other)} aria-current={other === name ? 'page' : undefined}>
              {TITLES[other]}
            </a>
          ))}
        </nav>
        <Facts />
        <Keys />
      </header>
      <ClockBar />
      <main id="main" tabIndex={-1} class={taskId === null ? '' : 'with-task'}>
        {name === 'overview' && <Overview />}
        {name === 'drive' && <Drive />}
        {name === 'verdicts' && <Verdicts />}
        {taskId !== null && <TaskPage key={`${instance.value} ${taskId}`} taskId={taskId} />}
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
  const title = `${task === '' ? TITLES[view.value] : task} – Stunt Double`;
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
        {CONNECTION_WORDS[state]}
      </span>
      {state === 'token-needed' && <TokenForm />}
    </div>
  );
}

function count(tasks: number): string {
  return tasks === 1 ? '1 task' : `${tasks.toLocaleString('en')} tasks`;
}

const typed = signal('');

function TokenForm() {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saveToken(typed.value);
      }}
    >
      <label>
        Token
        <input
          type="password"
          autocomplete="off"
          value={typed.value}
          onInput={({ currentTarget }) => {
            typed.value = currentTarget.value;
          }}
        />
      </label>
      <button type="submit">Connect</button>
    </form>
  );
}
