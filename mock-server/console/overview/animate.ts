import { signal } from '@preact/signals';
import { lanes, version } from '../live.ts';
import { choicesOf, filterLanes, type LaneFilter } from '../model/filter.ts';
import type { Lane } from '../model/lanes.ts';
import { boundsOf } from '../model/time-window.ts';
import { route } from '../route.ts';
import { AXIS_HEIGHT, drawLanes, type Palette, ROW_HEIGHT, readPalette } from './draw-lanes.ts';
import { choices, filter, frozen, now, time } from './view-state.ts';

interface Shown {
  /** Changes with every update, because lanes are changed in place and comparing them would not show it. */
  readonly beat: number;
  readonly first: number;
  readonly rows: readonly Lane[];
  readonly total: number;
}

/** The visible part of the list. */
export const shown = signal<Shown>({
  beat: 0,
  first: 0,
  rows: [],
  total: 0,
});
const CHOICES_EVERY_MS = 1000;
/** Shortest time between two renderings of the rows. */
const ROWS_EVERY_MS = 100;

/** Draws on every change, and while time passes on the real clock. @returns a function that stops it */
export function animate(scroller: HTMLElement, canvas: HTMLCanvasElement): () => void {
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
