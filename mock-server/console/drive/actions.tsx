import { effect, signal } from '@preact/signals';
import { admin, hasToken, ORIGIN, Refusal } from '../api.ts';
import { CopyButton } from '../copy-button.tsx';
import { connection } from '../live.ts';
import {
  type ActionLog,
  type ActionProblem,
  lastOf,
  type PerformedAction,
  problemOf,
  testOf,
  withAction,
  withoutUnreachable,
} from '../model/action-log.ts';
import { curlOf, type Equivalents, fetchOf, type HttpCall } from '../model/equivalents.ts';
import { timeOfDay } from '../model/time-of-day.ts';
import { openTask } from '../route.ts';

export const actions = signal<ActionLog>([]);

effect(() => {
  if (connection.value === 'open') actions.value = withoutUnreachable(actions.peek());
});

/** Makes an admin call and adds it to the list of actions. @returns whether it succeeded */
export async function perform(
  method: string,
  path: string,
  body: unknown,
  library: string,
): Promise<boolean> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const call = {
    method,
    url: `${ORIGIN}/__admin/${path}`,
    ...(text === undefined ? {} : { body: text, headers: { 'content-type': 'application/json' } }),
  };
  const [, id = null] = /^tasks\/([^/]+)\//.exec(path) ?? [];
  const taskId = id === null ? null : decodeURIComponent(id);
  const equivalents = { curl: curlOf(call, hasToken), library };
  try {
    await admin(method, path, body);
    note({ title: '', taskId, ...equivalents }, null);
    return true;
  } catch (error) {
    note({ title: '', taskId, ...equivalents }, problemOf(error, ORIGIN));
    return false;
  }
}

/** The answer to a request of a client. */
export interface ClientAnswer {
  readonly status: number;
  readonly text: string;
  /** The task that it is about; null if unknown. */
  readonly taskId: string | null;
}

/** Sends a request as a client does, and adds it to the list of actions. @returns null when the mock did not answer */
export async function sendAsClient(
  call: HttpCall & { readonly url: string },
  title: string,
  findTask: (answer: string) => Promise<string | null>,
): Promise<ClientAnswer | null> {
  const equivalents = { curl: curlOf(call), library: fetchOf(call, ORIGIN) };
  try {
    const { method, url, ...rest } = call;
    const response = await fetch(url, { method, ...rest });
    const text = await response.text();
    const taskId = response.ok ? await findTask(text) : null;
    const refused = response.ok
      ? null
      : new Refusal(response.status, `The mock answered HTTP ${response.status}: ${text.slice(0, 300)}`, '');
    note({ title, taskId, ...equivalents }, refused === null ? null : problemOf(refused, ORIGIN));
    return { status: response.status, text, taskId };
  } catch (error) {
    note({ title, taskId: null, ...equivalents }, problemOf(error, ORIGIN));
    return null;
  }
}

function note(
  action: Equivalents & Pick<PerformedAction, 'title' | 'taskId'>,
  problem: ActionProblem | null,
): void {
  actions.value = withAction(actions.value, { ...action, at: Date.now(), problem });
}

/** Shows the last action, or why it failed; of one task, if given. */
export function LastAction({ taskId = null }: { readonly taskId?: string | null }) {
  const action = lastOf(actions.value, taskId);
  return (
    <div class="done" aria-live="polite">
      {action !== null && (
        <>
          {action.problem === null ? (
            <p>Done. The same action as a command and in a test:</p>
          ) : (
            <ProblemText problem={action.problem} />
          )}
          <Equivalent action={action} />
        </>
      )}
    </div>
  );
}

/** Says why something failed, and what to do. */
export function ProblemText({ problem: { message, remedy } }: { readonly problem: ActionProblem }) {
  return (
    <p class="bad" role="alert">
      ✗ {message} {remedy}
    </p>
  );
}

function Equivalent({ action: { curl, library } }: { readonly action: PerformedAction }) {
  return (
    <>
      <pre>{curl}</pre>
      {hasToken && curl.includes('$TOKEN') && (
        <p class="hint">
          Set the variable <code>TOKEN</code> to the token of the mock before you run the command.
        </p>
      )}
      <CopyButton text={curl} label="Copy command" />
      <pre>{library}</pre>
      <CopyButton text={library} label="Copy test code" />
    </>
  );
}

/** The last actions of the page, each with its equivalents. */
export function ActionList() {
  const log = actions.value;
  if (log.length === 0) return <p class="hint">Nothing was done on this page yet.</p>;
  return (
    <>
      <ol class="actions">
        {log.map((action) => (
          <li key={action.n}>
            <ActionRow action={action} />
          </li>
        ))}
      </ol>
      <CopyButton text={testOf(log)} label="Copy all as a test" />
    </>
  );
}

function ActionRow({ action }: { readonly action: PerformedAction }) {
  const { at, title, library, problem, taskId } = action;
  return (
    <details>
      <summary>
        <span class={problem === null ? 'ok' : 'bad'}>{problem === null ? '✓' : '✗'}</span>{' '}
        <time>{timeOfDay(new Date(at).toISOString()).slice(0, 8)}</time>{' '}
        {title === '' ? <code>{library}</code> : title}
      </summary>
      {problem !== null && <ProblemText problem={problem} />}
      {taskId !== null && (
        <button type="button" onClick={() => openTask(taskId)}>
          Open task {taskId.slice(0, 8)}
        </button>
      )}
      <Equivalent action={action} />
    </details>
  );
}
