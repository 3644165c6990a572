import { signal } from '@preact/signals';
import { admin, ORIGIN, Refusal } from '../api.ts';
import { curlOf, type Equivalents } from '../model/equivalents.ts';
import { CopyButton } from '../task/message.tsx';

/** The last action of the page, as a shell command and as a line of a test. */
export interface PerformedAction extends Equivalents {
  /** Why the action failed; empty when it succeeded. */
  readonly problem: string;
}

export const lastAction = signal<PerformedAction | null>(null);

/** Makes an admin call and shows it as the last action. @returns whether it succeeded */
export async function perform(
  method: string,
  path: string,
  body: unknown,
  library: string,
): Promise<boolean> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const curl = curlOf({
    method,
    url: `${ORIGIN}/__admin/${path}`,
    ...(text === undefined ? {} : { body: text, headers: { 'content-type': 'application/json' } }),
  });
  try {
    await admin(method, path, body);
    lastAction.value = { curl, library, problem: '' };
    return true;
  } catch (error) {
    const remedy = error instanceof Refusal ? error.remedy : '';
    lastAction.value = { curl, library, problem: `${(error as Error).message} ${remedy}`.trim() };
    return false;
  }
}

/** Shows the last action, or why it failed. */
export function LastAction() {
  const action = lastAction.value;
  return (
    <div class="done" role="status" aria-live="polite">
      {action !== null && (
        <>
          {action.problem === '' ? (
            <p>Done. The same action as a command and in a test:</p>
          ) : (
            <p class="bad">✗ {action.problem}</p>
          )}
          <pre>{action.curl}</pre>
          <CopyButton text={action.curl} label="Copy command" />
          <pre>{action.library}</pre>
          <CopyButton text={action.library} label="Copy test code" />
        </>
      )}
    </div>
  );
}
