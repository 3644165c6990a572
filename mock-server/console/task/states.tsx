import { sayDuration } from '../../pages/say-time.ts';
import { statesOf } from '../../pages/states-of.ts';
import type { Story } from '../../pages/story.ts';

/** The states of a task in one line, with how long each lasted. */
export function States({ story }: { readonly story: Story }) {
  return (
    <ol class="states" aria-label="States">
      {statesOf(story).map(({ state, offsetMs, isPlanned, isCurrent }) => (
        <li
          key={`${state} ${offsetMs}`}
          class={isPlanned ? 'planned' : ''}
          aria-current={isCurrent ? 'step' : undefined}
        >
          <strong>{state}</strong> <small>{offsetMs === 0 ? 'submitted' : sayDuration(offsetMs)}</small>
        </li>
      ))}
    </ol>
  );
}
