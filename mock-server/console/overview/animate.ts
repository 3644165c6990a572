import { signal } from '@preact/signals';
import { version } from '../live.ts';
import type { Lane } from '../model/lane.ts';
import { countStatuses, suggestionsFor } from '../model/query.ts';
import { eased } from '../model/time-window.ts';
import { openedTask } from '../route.ts';
import { drawLanes } from './draw-lanes.ts';
import type { Hit } from './drawing.ts';
import { createHeldRows } from './held-rows.ts';
import { type Palette, readPalette } from './palette.ts';
import * as state from './view-state.ts';

interface Shown {
  /** Changes whenever the rows must be rendered again. */
  readonly beat: number;
  readonly first: number;
  readonly rows: readonly Lane[];
  /** Newest first: the row at a position is `all[all.length - 1 - position]`. */
  readonly all: readonly Lane[];
  readonly rowHeight: number;
}

/** The visible part of the list. */
export const shown = signal<Shown>({ beat: 0, first: 0, rows: [], all: [], rowHeight: 30 });
/** Number of new tasks that are not shown because the rows are held in place. */
export const waitingRows = signal(0);
/** The drawn attempts. */
export let hits: readonly Hit[] = [];
export const counts = signal(countStatuses([]));
export const suggestions = signal<readonly string[]>([]);

const held = createHeldRows();
let pointedAt = Number.NEGATIVE_INFINITY;
/** How long rows stay in place after the pointer moved over them. */
const HOLD_MS = 3000;
/** Shortest time between two renderings of the rows, and the longest one while a counter runs. */
const ROWS_EVERY_MS = 100;
const COUNTER_EVERY_MS = 250;
const SUGGESTIONS_EVERY_MS = 2000;

export function notePointer(): void {
  pointedAt = performance.now();
}

/** Shows the new tasks. */
export function releaseRows(): void {
  pointedAt = Number.NEGATIVE_INFINITY;
  held.release();
}

const still = matchMedia('(prefers-reduced-motion: reduce)');
/** Time between two drawings with reduced motion. */
const STILL_MS = 1000;

/** Draws on every change, and while time passes on the real clock. @returns a function that stops it */
export function animate(scroller: HTMLElement, canvas: HTMLCanvasElement): () => void {
  const pen = canvas.getContext('2d');
  if (pen === null) return () => undefined;
  const painter = createPainter(scroller, canvas, pen);
  let handle = 0;
  const frame = (at: number): void => {
    handle = requestAnimationFrame(frame);
    painter.paint(at);
  };
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', painter.repaint);
  addEventListener('resize', painter.repaint);
  handle = requestAnimationFrame(frame);
  return () => {
    cancelAnimationFrame(handle);
    dark.removeEventListener('change', painter.repaint);
    removeEventListener('resize', painter.repaint);
  };
}

function createPainter(scroller: HTMLElement, canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D) {
  let palette: Palette = readPalette(canvas);
  let drawn = '';
  let drawnAt = 0;
  const moveBounds = createBoundsMover();
  const publish = createPublisher();

  function paint(at: number): void {
    moveBounds(at);
    const isHeld = scroller.scrollTop > 0 || at - pointedAt < HOLD_MS;
    const { rows: all, waiting } = held.show(state.matching(), isHeld);
    const { width, height } = resize(canvas, pen);
    const first = Math.max(0, Math.floor(scroller.scrollTop / palette.row));
    const rows = slice(all, first, Math.ceil((height - palette.axis) / palette.row) + 1);
    const hasCounter = state.frozen.value === null && rows.some(isCounting);
    const beat = hasCounter ? Math.floor(at / ROWS_EVERY_MS) : 0;
    const key = [placeKey(width), scroller.scrollTop, height, all.length, openedTask.value, beat].join(' ');
    if (key === drawn) return;
    if (still.matches && at - drawnAt < STILL_MS && first === shown.value.first && drawn !== '') return;
    [drawn, drawnAt] = [key, at];
    performance.mark('frame');
    hits = drawLanes(pen, {
      ...{ lanes: rows, offsetY: first * palette.row - scroller.scrollTop },
      ...{ ...state.bounds, width, height, palette },
      ...{ now: state.now(), wallNow: state.wallTime() },
      ...{ selectedId: openedTask.value, isRelative: state.isRelative.value },
    });
    const isPublished = publish({ beat: at, first, rows, all, rowHeight: palette.row }, waiting, hasCounter);
    if (!isPublished) drawn = '';
    performance.measure('frame', 'frame');
  }

  return {
    paint,
    repaint(): void {
      palette = readPalette(canvas);
      drawn = '';
    },
  };
}

function isCounting({ status }: Lane): boolean {
  return status === 'in flight' || status === 'retrying';
}

/** Changes when something has moved by at least a pixel. */
function placeKey(width: number): string {
  const { fromAt, toAt } = state.bounds;
  const pixelMs = (toAt - fromAt) / Math.max(1, width);
  const moments = [fromAt, state.now()].map((at) => Math.round(at / pixelMs));
  return [version.value, ...moments, Math.round(toAt - fromAt), width, state.isRelative.value].join(' ');
}

/** Moves the bounds to those that the window asks for: at once when the user chose them, else gradually. */
function createBoundsMover(): (at: number) => void {
  let lastAt = performance.now();
  let isFirst = true;
  let wasRelative = state.isRelative.value;
  return (at) => {
    const wanted = state.wantedBounds();
    const isJump = isFirst || still.matches || wasRelative !== state.isRelative.value;
    const isEased = state.timeWindow.value.type === 'fit' && !isJump;
    state.setBounds(isEased ? eased(state.bounds, wanted, at - lastAt) : wanted);
    if (state.matching().length > 0) isFirst = false;
    wasRelative = state.isRelative.value;
    lastAt = at;
  };
}

/** Renders the rows of the list, which takes longer than drawing, less often. @returns whether the rows are up to date */
function createPublisher() {
  let publishedAt = Number.NEGATIVE_INFINITY;
  let suggestedAt = Number.NEGATIVE_INFINITY;
  return (next: Shown, waiting: number, hasCounter: boolean): boolean => {
    const at = next.beat;
    if (at - suggestedAt > SUGGESTIONS_EVERY_MS) {
      suggestedAt = at;
      suggestions.value = suggestionsFor(state.allLanes());
    }
    const isScrolled = next.first !== shown.value.first || next.rows.length !== shown.value.rows.length;
    const isNew = next.all !== shown.value.all || waiting !== waitingRows.value;
    const isDue = hasCounter && at - publishedAt > COUNTER_EVERY_MS;
    if (!isScrolled && !isNew && !isDue) return true;
    if (!isScrolled && at - publishedAt <= ROWS_EVERY_MS) return false;
    publishedAt = at;
    shown.value = next;
    waitingRows.value = waiting;
    counts.value = countStatuses(state.allLanes());
    return true;
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
