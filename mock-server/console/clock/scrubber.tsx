import { useState } from 'preact/hooks';
import { clock, lanes, serviceNow, version } from '../live.ts';
import { durationText } from '../model/durations.ts';
import { type PlannedEvent, planAhead } from '../model/plan-ahead.ts';
import { moveTo, moving } from './move-clock.ts';
import { useTicking } from './ticking.ts';

/** Planned events on the scrubber; later ones appear when earlier ones have happened. */
const SHOWN = 40;

/** Moves the clock to one of the planned events. They are equally far apart, because the time between them varies from milliseconds to weeks. */
export function Scrubber() {
  useTicking();
  const _version = version.value;
  const [chosen, choose] = useState(0);
  const now = serviceNow();
  const events = planAhead(lanes.list, now).slice(0, SHOWN);
  if (events.length === 0 || clock.value === null) return null;
  const event = events[Math.min(chosen, events.length) - 1];
  const label = event === undefined ? 'now' : textOf(event, now);
  return (
    <span class="scrubber">
      <Ticks events={events} />
      <input
        type="range"
        aria-label="Planned events"
        aria-valuetext={label}
        title={event === undefined ? 'Drag to a planned event to move the clock there' : label}
        min={0}
        max={events.length}
        value={chosen}
        disabled={moving.value !== null}
        onInput={({ currentTarget }) => choose(Number(currentTarget.value))}
        onChange={({ currentTarget }) => {
          const target = events[Number(currentTarget.value) - 1];
          choose(0);
          if (target !== undefined) void moveTo(new Date(target.at).toISOString(), target.what);
        }}
      />
      <output>
        {chosen === 0 ? `${events.length}${events.length === SHOWN ? '+' : ''} planned` : label}
      </output>
    </span>
  );
}

function textOf({ what, taskId, at }: PlannedEvent, now: number): string {
  return `${what} of ${taskId.slice(0, 8)} in ${durationText(at - now)}`;
}

function Ticks({ events }: { readonly events: readonly PlannedEvent[] }) {
  return (
    <svg viewBox={`0 0 ${events.length} 1`} preserveAspectRatio="none" aria-hidden="true">
      {events.map(({ what, at, taskId }, n) => (
        <line
          key={`${taskId} ${what} ${at}`}
          class={what.split(' ')[0]}
          x1={n + 1}
          x2={n + 1}
          y1="0"
          y2="1"
          vector-effect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
}
