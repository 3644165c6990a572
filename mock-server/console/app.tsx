import { signal } from '@preact/signals';
import { saveToken } from './api.ts';
import { Drive } from './drive/drive.tsx';
import { clock, connection, lanes, version } from './live.ts';
import { Overview } from './overview/overview.tsx';
import { route, VIEWS, type View } from './route.ts';
import { TaskPage } from './task/task-page.tsx';
import { Verdicts } from './verdicts/verdicts.tsx';

const TITLES: Readonly<Record<View, string>> = { overview: 'Overview', drive: 'Drive', verdicts: 'Verdicts' };

export function App() {
  const { view, taskId } = route.value;
  return (
    <>
      <header class="top">
        <h1>Stunt Double</h1>
        <nav aria-label="Views">
          {VIEWS.map((name) => (
            <a key={name} href={`#${name}`} aria-current={name === view ? 'page' : undefined}>
              {TITLES[name]}
            </a>
          ))}
        </nav>
        <Facts />
      </header>
      <main class={taskId === null ? '' : 'with-task'}>
        {view === 'overview' && <Overview />}
        {view === 'drive' && <Drive />}
        {view === 'verdicts' && <Verdicts />}
        {taskId !== null && <TaskPage key={taskId} taskId={taskId} />}
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
