import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Story } from '../../pages/story.ts';
import { taskMarkdown } from '../../pages/task-markdown.ts';
import { taskTest } from '../../pages/test-code.ts';
import { copyText } from '../copy-text.ts';
import { matching, search } from '../overview/view-state.ts';
import { MOST_SAVED, saveTask, saveTasks } from './save-html.ts';

/** One function, because a new one would be called at each render. */
const selectOnce = (field: HTMLTextAreaElement | null): void => field?.select();

/** What a button did; `text` is what could not be copied. */
interface Done {
  readonly words: string;
  readonly isBad: boolean;
  readonly text: string;
}

/** Ways to hand a task to somebody else. */
export function ShareTask({ story }: { readonly story: Story }) {
  return (
    <Share>
      {(run) => (
        <>
          <button type="button" onClick={() => run(() => saveTask(story.plan.taskId).then(() => 'Saved'))}>
            Save as HTML
          </button>
          <button type="button" onClick={() => run(() => copied(taskMarkdown(story)))}>
            Copy as Markdown
          </button>
          <button
            type="button"
            disabled={taskTest(story) === null}
            title={taskTest(story) === null ? 'The journal does not have its submission' : undefined}
            onClick={() => run(() => copied(taskTest(story) ?? ''))}
          >
            Copy as test
          </button>
          <button type="button" onClick={() => run(() => copied(location.href))}>
            Copy link
          </button>
        </>
      )}
    </Share>
  );
}

/** Ways to hand the tasks that match the search to somebody else. */
export function ShareList() {
  const save = async (): Promise<string> => {
    const found = matching();
    const latest = found.slice(-MOST_SAVED).map(({ id }) => id);
    if (latest.length === 0) return 'Nothing to save';
    await saveTasks(latest, search.value);
    return found.length > MOST_SAVED ? `Saved the latest ${MOST_SAVED} of ${found.length}` : 'Saved';
  };
  return (
    <Share>
      {(run) => (
        <>
          <button type="button" onClick={() => run(save)}>
            Save as HTML
          </button>
          <button type="button" onClick={() => run(() => copied(location.href))}>
            Copy link
          </button>
        </>
      )}
    </Share>
  );
}

class NotCopied extends Error {}

async function copied(text: string): Promise<string> {
  if (await copyText(text)) return 'Copied';
  throw new NotCopied(text);
}

type Run = (action: () => Promise<string>) => void;

/** Buttons with one place for what the last of them did. */
function Share({ children }: { readonly children: (run: Run) => ComponentChildren }) {
  const [done, setDone] = useState<Done>({ words: '', isBad: false, text: '' });
  const run: Run = (action) => {
    action().then(
      (words) => setDone({ words, isBad: false, text: '' }),
      (error: Error) =>
        setDone(
          error instanceof NotCopied
            ? {
                words: 'The browser does not allow copying. Copy this text:',
                isBad: false,
                text: error.message,
              }
            : { words: `✗ ${error.message}`, isBad: true, text: '' },
        ),
    );
  };
  return (
    <div class="share-buttons">
      {children(run)}
      <span role="status" class={done.isBad ? 'bad' : ''}>
        {done.words}
      </span>
      {done.text !== '' && (
        <textarea readOnly rows={3} aria-label="Text to copy" value={done.text} ref={selectOnce} />
      )}
    </div>
  );
}
