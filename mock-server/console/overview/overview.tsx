import { useEffect, useRef } from 'preact/hooks';
import { lanes } from '../live.ts';
import { callbackOf, type Lane, stateOf } from '../model/lanes.ts';
import { moved } from '../model/time-window.ts';
import { openTask, route } from '../route.ts';
import { animate, shown } from './animate.ts';
import { describeLane, ROW_HEIGHT } from './draw-lanes.ts';
import { Legend } from './legend.tsx';
import { Toolbar } from './toolbar.tsx';
import { fit, follow, frozen, now, pause, time, zoom } from './view-state.ts';

export function Overview() {
  return (
    <section class="overview" aria-label="Tasks" onKeyDown={onKey}>
      <Toolbar />
      <Legend />
      <LaneView />
    </section>
  );
}

const KEYS: Readonly<Record<string, () => void>> = {
  '+': () => zoom(0.5),
  '-': () => zoom(2),
  '0': fit,
  f: follow,
  p: () => pause(frozen.value === null),
};

function onKey(event: KeyboardEvent): void {
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
  const act = KEYS[event.key];
  if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
}

function LaneView() {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (scroller.current === null || canvas.current === null) return;
    return animate(scroller.current, canvas.current);
  }, []);
  const { total, first, rows, beat } = shown.value;
  return (
    <div class="lanes">
      <canvas ref={canvas} />
      <div class="scroller" ref={scroller} onWheel={onWheel}>
        <div class="height" style={{ height: `${total * ROW_HEIGHT}px` }}>
          <ol class="rows" style={{ transform: `translateY(${first * ROW_HEIGHT}px)` }}>
            {rows.map((lane, n) => (
              <Row key={lane.id} lane={lane} position={first + n} total={total} beat={beat} />
            ))}
          </ol>
        </div>
        {total === 0 && <Empty />}
      </div>
    </div>
  );
}

interface RowProps {
  readonly lane: Lane;
  readonly position: number;
  readonly total: number;
  readonly beat: number;
}

function Row({ lane, position, total }: RowProps) {
  const isSelected = route.value.taskId === lane.id;
  return (
    <li aria-setsize={total} aria-posinset={position + 1}>
      <button type="button" aria-current={isSelected} onClick={() => openTask(lane.id)} onKeyDown={onRowKey}>
        <code>{lane.id.slice(0, 8)}</code>
        <span class="state">{stateOf(lane)}</span>
        <span class="scenario">{lane.scenario === 'success' ? callbackOf(lane) : lane.scenario}</span>
        <span class="unseen">{describeLane(lane)}</span>
      </button>
    </li>
  );
}

function onRowKey(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const { key, currentTarget } = event;
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return;
  event.preventDefault();
  const row = currentTarget.parentElement;
  const next = key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling;
  next?.querySelector('button')?.focus();
}

/** The wheel zooms with Ctrl, moves through time with Shift, and scrolls the list otherwise. */
function onWheel(event: WheelEvent): void {
  if (event.ctrlKey) zoom(event.deltaY > 0 ? 1.25 : 0.8);
  else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    time.value = moved(time.value, (event.deltaX || event.deltaY) / 1000, now());
  } else return;
  event.preventDefault();
}

function Empty() {
  const isFiltered = lanes.list.length > 0;
  return (
    <p class="empty">
      {isFiltered
        ? 'No task matches these filters.'
        : 'No tasks yet. Submit one under "Drive" or from your application.'}
    </p>
  );
}
