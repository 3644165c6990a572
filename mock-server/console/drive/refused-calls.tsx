import { refusals } from '../live.ts';
import { statusText } from '../model/lanes.ts';
import { timeOfDay } from '../model/time-of-day.ts';

/** Lists failed calls, because calls that did not create a task do not have a lane. */
export function RefusedCalls() {
  if (refusals.value.length === 0) return <p class="hint">No refused calls yet.</p>;
  return (
    <ul class="refused-calls">
      {refusals.value.map((entry) => (
        <li key={entry.seq}>
          {timeOfDay(entry.at)} {entry.method} {entry.url} → {statusText(entry.status)}, code {entry.error}:{' '}
          <code>{entry.answer.slice(0, 200)}</code>
        </li>
      ))}
    </ul>
  );
}
