import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Labeled } from '../labeled.tsx';
import { lanes, serviceNow, version } from '../live.ts';
import { choicesOf, filterLanes, type LaneFilter, NO_FILTER } from '../model/filter.ts';
import { callbackOf, type Lane, stateOf } from '../model/lanes.ts';
import { boundsOf, fitted, moved, type TimeWindow, zoomed } from '../model/time-window.ts';
import { openTask, route } from '../route.ts';
import { AXIS_HEIGHT, describeLane, drawLanes, type Palette, ROW_HEIGHT, readPalette } from './draw-lanes.ts';
import { Legend } from './legend.tsx';

const filter = signal<LaneFilter>(NO_FILTER);
const time = signal<TimeWindow>({ spanMs: 120_000, endAt: null });
/** The tasks and the time that a paused page shows; null while it follows. */
const frozen = signal<{ readonly lanes: readonly Lane[]; readonly now: number } | null>(null);
interface Shown {
  /** Changes with every update, because lanes are changed in place and comparing them would not show it. */
  readonly beat: number;
  readonly first: number;
  readonly rows: readonly Lane[];
  readonly total: number;
}

/** The visible part of the list. */
const shown = signal<Shown>({
  beat: 0,
  first: 0,
  rows: [],
  total: 0,
});
/** The choices of the filters, updated at intervals. */
const choices = signal(choicesOf([]));
const CHOICES_EVERY_MS = 1000;
/** Shortest time between two renderings of the rows. */
const ROWS_EVERY_MS = 100;

export function Overview() {
  return (
    <section class="overview" aria-label="Tasks" onKeyDown={onKey}>
      <Toolbar />
      <Legend />
      <LaneView />
    </section>
  );
}

function now(): number {
  return frozen.value?.now ?? serviceNow();
}

function pause(isPaused: boolean): void {
  frozen.value = isPaused ? { lanes: lanes.list.slice(), now: serviceNow() } : null;
  const { fromAt, toAt } = boundsOf(time.value, now());
  time.value = isPaused ? { spanMs: toAt - fromAt, endAt: toAt } : { ...time.value, endAt: null };
}

function zoom(factor: number): void {
  time.value = zoomed(time.value, factor, now());
}

function fit(): void {
  const all = filterLanes(lanes.list, filter.value);
  const from = Math.min(...all.slice(-2000).map(({ submittedAt }) => submittedAt));
  if (Number.isFinite(from)) time.value = fitted(from, now());
}

function follow(): void {
  frozen.value = null;
  time.value = { ...time.value, endAt: null };
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

function Toolbar() {
  const isPaused = frozen.value !== null;
  return (
    <div class="toolbar">
      <Choice name="pack" label="Pack" />
      <Choice name="account" label="Key" />
      <Choice name="state" label="State" />
      <Choice name="scenario" label="Scenario" />
      <label>
        Search
        <input
          type="search"
          value={filter.value.text}
          placeholder="id, scenario…"
          onInput={({ currentTarget }) => {
            filter.value = { ...filter.value, text: currentTarget.value };
          }}
        />
      </label>
      <fieldset class="buttons">
        <legend class="unseen">Time</legend>
        <button type="button" aria-pressed={isPaused} title="p" onClick={() => pause(!isPaused)}>
          {isPaused ? 'Resume' : 'Pause'}
        </button>
        <button type="button" aria-label="Zoom in" title="+" onClick={() => zoom(0.5)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" title="-" onClick={() => zoom(2)}>
          −
        </button>
        <button type="button" title="0" onClick={fit}>
          Fit
        </button>
        <button
          type="button"
          title="f"
          aria-pressed={time.value.endAt === null && !isPaused}
          onClick={follow}
        >
          Follow
        </button>
      </fieldset>
    </div>
  );
}

function Choice({
  name,
  label,
}: {
  readonly name: 'pack' | 'account' | 'state' | 'scenario';
  readonly label: string;
}) {
  return (
    <Labeled label={label}>
      {(id) => (
        <select
          id={id}
          value={filter.value[name]}
          onChange={({ currentTarget }) => {
            filter.value = { ...filter.value, [name]: currentTarget.value };
          }}
        >
          <option value="">all</option>
          {choices.value[name].map((value) => (
            <option key={value} value={value}>
              {value}
            </option>
          ))}
        </select>
      )}
    </Labeled>
  );
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

/** Draws on every change, and while time passes on the real clock. @returns a function that stops it */
function animate(scroller: HTMLElement, canvas: HTMLCanvasElement): () => void {
  const pen = canvas.getContext('2d');
  if (pen === null) return () => undefined;
  let palette: Palette = readPalette(canvas);
  let handle = 0;
  let drawn = '';
  let rowsAt = 0;
  let isStale = false;
  let choicesAt = 0;
  const list = createList();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const repaint = (): void => {
    palette = readPalette(canvas);
    drawn = '';
  };
  dark.addEventListener('change', repaint);

  function frame(at: number): void {
    handle = requestAnimationFrame(frame);
    const all = list();
    const { width, height } = resize(canvas, pen as CanvasRenderingContext2D);
    const { fromAt, toAt } = boundsOf(time.value, now());
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW_HEIGHT));
    const count = Math.ceil((height - AXIS_HEIGHT) / ROW_HEIGHT) + 1;
    // Redraws only when time has moved by at least a pixel.
    const key = `${version.value} ${Math.round((fromAt / (toAt - fromAt)) * width)} ${toAt - fromAt} ${scroller.scrollTop} ${width} ${height} ${all.length} ${route.value.taskId}`;
    const areRowsDue = isStale && at - rowsAt > ROWS_EVERY_MS;
    if (key === drawn && !areRowsDue) return;
    drawn = key;
    performance.mark('frame');
    const rows = slice(all, first, count);
    drawLanes(
      pen as CanvasRenderingContext2D,
      {
        lanes: rows,
        offsetY: first * ROW_HEIGHT - scroller.scrollTop,
        ...{ fromAt, toAt, width, height },
        now: now(),
        selectedId: route.value.taskId,
      },
      palette,
    );
    const isScrolled = first !== shown.value.first || all.length !== shown.value.total;
    isStale = !isScrolled && at - rowsAt <= ROWS_EVERY_MS;
    if (!isStale) {
      rowsAt = at;
      shown.value = { beat: at, first, rows, total: all.length };
    }
    if (at - choicesAt > CHOICES_EVERY_MS) {
      choicesAt = at;
      choices.value = choicesOf(lanes.list);
    }
    performance.measure('frame', 'frame');
  }
  handle = requestAnimationFrame(frame);
  return () => {
    cancelAnimationFrame(handle);
    dark.removeEventListener('change', repaint);
  };
}

/** Returns a function that gives the matching tasks, and filters again only after a change. */
function createList(): () => readonly Lane[] {
  let known: readonly Lane[] = [];
  let key = '';
  let usedFilter: LaneFilter | null = null;
  return () => {
    const source = frozen.value?.lanes ?? lanes.list;
    const current = frozen.value === null ? `live ${lanes.version}` : `frozen ${frozen.value.now}`;
    if (current !== key || usedFilter !== filter.value) {
      key = current;
      usedFilter = filter.value;
      known = filterLanes(source, filter.value);
    }
    return known;
  };
}

/** Returns a part of the list, the newest first. */
function slice(all: readonly Lane[], first: number, count: number): Lane[] {
  const end = all.length - first;
  return all.slice(Math.max(0, end - count), Math.max(0, end)).reverse();
}

/** Matches the canvas to the pixels of the screen. */
function resize(
  canvas: HTMLCanvasElement,
  pen: CanvasRenderingContext2D,
): { readonly width: number; readonly height: number } {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  }
  return { width, height };
}
