import { useState } from 'preact/hooks';
import { lanes, version } from '../live.ts';
import { perform } from './actions.tsx';

/** One function, because a new one would be called at each render. */
const focusOnce = (button: HTMLButtonElement | null): void => button?.focus();

/** Resets the mock, after a question. */
export function Reset() {
  const [isAsking, setAsking] = useState(false);
  const _version = version.value;
  if (!isAsking) {
    return (
      <section>
        <h2>Start over</h2>
        <button type="button" class="danger" onClick={() => setAsking(true)}>
          Reset…
        </button>
      </section>
    );
  }
  const { total } = lanes;
  return (
    <section role="alertdialog" aria-label="Reset the mock">
      <h2>Start over</h2>
      <p>
        Remove {total === 1 ? '1 task' : `${total.toLocaleString('en')} tasks`}, all journal entries and
        queued scenarios, and set the clock back to its start? This cannot be undone.
      </p>
      <button
        type="button"
        class="danger"
        onClick={() => {
          setAsking(false);
          void perform('POST', 'reset', undefined, 'mock.reset();');
        }}
      >
        Reset
      </button>{' '}
      <button type="button" ref={focusOnce} onClick={() => setAsking(false)}>
        Cancel
      </button>
    </section>
  );
}
