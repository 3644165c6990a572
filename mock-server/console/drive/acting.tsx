import { signal } from '@preact/signals';
import { admin, ORIGIN, Refusal } from '../api.ts';
import { curlOf, type Equivalents } from '../model/equivalents.ts';
import { CopyButton } from '../task/message.tsx';

/** What was done last, and how it is done elsewhere. */
export interface Deed extends Equivalents {
  readonly trouble: string;
}

export const lastDeed = signal<Deed | null>(null);

/** Makes an admin call, and remembers it as a shell and as a test would make it. */
export async function act(method: string, path: string, body: unknown, library: string): Promise<boolean> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const curl = curlOf({
    method,
    url: `${ORIGIN}/__admin/${path}`,
    ...(text === undefined ? {} : { body: text, headers: { 'content-type': 'application/json' } }),
  });
  try {
    await admin(method, path, body);
    lastDeed.value = { curl, library, trouble: '' };
    return true;
  } catch (error) {
    const remedy = error instanceof Refusal ? error.remedy : '';
    lastDeed.value = { curl, library, trouble: `${(error as Error).message} ${remedy}`.trim() };
    return false;
  }
}

export function Done() {
  const deed = lastDeed.value;
  return (
    <div class="done" role="status" aria-live="polite">
      {deed !== null && (
        <>
          {deed.trouble === '' ? <p>Done. The same, elsewhere:</p> : <p class="bad">✗ {deed.trouble}</p>}
          <pre>{deed.curl}</pre>
          <CopyButton text={deed.curl} label="Copy for a shell" />
          <pre>{deed.library}</pre>
          <CopyButton text={deed.library} label="Copy for a test" />
        </>
      )}
    </div>
  );
}
