import { clock, lanes, serviceNow, version, wallNow } from '../live.ts';
import { durationText, elapsedText, localTime } from '../model/durations.ts';
import { openTask } from '../route.ts';
import { advance, moveProblem, moving, nextEvent, toNextEvent } from './move-clock.ts';
import { Scrubber } from './scrubber.tsx';
import { useTicking } from './ticking.ts';

/** The service time and the next event, and the buttons that move the clock. */
export function ClockBar() {
  useTicking();
  const _version = version.value;
  const known = clock.value;
  if (known === null) return null;
  const now = serviceNow();
  return (
    <section class="clock-bar" aria-label="Clock" aria-busy={moving.value !== null}>
      <span class="clock-mode">
        {known.mode} clock{known.speed === 1 ? '' : `, ${known.speed}x`}
      </span>
      <time class="clock-time" dateTime={new Date(now).toISOString()} title={new Date(now).toISOString()}>
        {dateText(now)}
        {localTime(now)}
      </time>
      <Next now={now} />
      <span class="clock-buttons">
        <MoveButton label="Next event" title="Move the clock to the next event (n)" act={toNextEvent} />
        <MoveButton label="+30 s" title="Advance the clock by 30 seconds" act={() => advance('30s')} />
        <MoveButton label="+14 d" title="Advance the clock by 14 days" act={() => advance('14d')} />
      </span>
      <Scrubber />
      <Progress />
    </section>
  );
}

/** A service time on another day than today would be misleading without its date. */
function dateText(at: number): string {
  const day = new Date(at).toDateString();
  return day === new Date().toDateString() ? '' : `${new Date(at).toLocaleDateString('sv')} `;
}

function Next({ now }: { readonly now: number }) {
  const _version = version.value;
  const next = nextEvent();
  if (next === null) return <span class="clock-next">nothing is due</span>;
  return (
    <span class="clock-next">
      next: {next.what} of{' '}
      <button type="button" class="link" onClick={() => openTask(next.taskId)}>
        {next.taskId.slice(0, 8)}
      </button>{' '}
      in {durationText(next.at - now)}
    </span>
  );
}

interface MoveButtonProps {
  readonly label: string;
  readonly title: string;
  readonly act: () => Promise<void>;
}

function MoveButton({ label, title, act }: MoveButtonProps) {
  return (
    <button type="button" title={title} disabled={moving.value !== null} onClick={() => void act()}>
      {label}
    </button>
  );
}

/** What a move waits for: receivers take wall time, however far the clock moves. */
function Progress() {
  useTicking();
  const move = moving.value;
  if (move === null) {
    return moveProblem.value === '' ? null : (
      <span class="clock-progress bad" role="alert">
        ✗ {moveProblem.value}
      </span>
    );
  }
  const spans = lanes.list
    .filter(({ status }) => status === 'in flight')
    .flatMap(({ deliveries }) => deliveries.flatMap(({ attempts }) => attempts))
    .filter(({ outcome }) => outcome === null);
  const [first] = spans;
  const waits =
    first === undefined
      ? durationText(Date.now() - move.startedAt)
      : `waiting for ${spans.length === 1 ? 'a receiver' : `${spans.length} receivers`}, ${elapsedText(wallNow() - first.startedWallAt, first.timeoutMs)}`;
  return (
    <span class="clock-progress">
      <progress aria-label="The clock is moving" /> to {move.to}: {waits}
    </span>
  );
}
