import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useTicking } from '../clock/ticking.ts';
import { FirstScene } from '../drive/first-scene.tsx';
import { connection, lanes, lostAt } from '../live.ts';
import { durationText } from '../model/durations.ts';
import { closeTask, openedTask } from '../route.ts';
import { animate, hits, notePointer, releaseRows, shown, waitingRows } from './animate.ts';
import { Chips } from './chips.tsx';
import type { Hit } from './drawing.ts';
import { HoverCard, hovered } from './hover-card.tsx';
import { Legend } from './legend.tsx';
import { focusRow, openRow, Rows } from './rows.tsx';
import { Toolbar } from './toolbar.tsx';
import { bounds, move, search, zoom } from './view-state.ts';

export function Overview() {
  return (
    <section class="overview" aria-label="Tasks">
      <Chips />
      <Toolbar />
      <Lost />
      <LaneView />
      <Legend />
    </section>
  );
}

/** Says that the page shows the past. */
function Lost() {
  useTicking();
  if (connection.value !== 'lost' || lostAt.value === null || lanes.list.length === 0) return null;
  return (
    <p class="lost" role="alert">
      The mock stopped answering {durationText(Date.now() - lostAt.value)} ago. The page shows its last known
      state.
    </p>
  );
}

function LaneView() {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (scroller.current === null || canvas.current === null) return;
    return animate(scroller.current, canvas.current);
  }, []);
  useFocusAfterClosing();
  const { all, rowHeight } = shown.value;
  const pointer = pointerHandlers(canvas);
  return (
    <div class="lanes">
      <canvas ref={canvas} />
      <div class="scroller" ref={scroller} onWheel={(event) => onWheel(event, canvas.current)} {...pointer}>
        <div class="height" style={{ height: `${all.length * rowHeight}px` }}>
          <Rows />
        </div>
        {all.length === 0 && <Empty />}
      </div>
      <NewRows onShow={() => scroller.current?.scrollTo({ top: 0 })} />
      <HoverCard />
    </div>
  );
}

/** The focus returns to the row of a task that was closed. */
function useFocusAfterClosing(): void {
  const before = useRef<string | null>(null);
  const taskId = openedTask.value;
  useLayoutEffect(() => {
    if (taskId === null && before.current !== null) focusRow(before.current);
    before.current = taskId;
  }, [taskId]);
}

type CanvasRef = { readonly current: HTMLCanvasElement | null };

/** Returns the place of the pointer on the canvas; null outside of it. */
function placeOf(event: MouseEvent, canvas: HTMLCanvasElement | null) {
  const box = canvas?.getBoundingClientRect();
  if (box === undefined || event.clientX < box.left) return null;
  return { x: event.clientX - box.left, y: event.clientY - box.top, width: box.width, left: box.left };
}

function hitAt(event: MouseEvent, canvas: HTMLCanvasElement | null): Hit | null {
  const at = placeOf(event, canvas);
  if (at === null) return null;
  const { x, y } = at;
  return (
    hits.findLast(({ left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom) ??
    null
  );
}

/** A pointer that moves further than this drags the time instead of clicking. */
const DRAG_PX = 4;

function pointerHandlers(canvas: CanvasRef) {
  let dragFrom: number | null = null;
  let isDragging = false;
  return {
    onPointerDown(event: PointerEvent) {
      isDragging = false;
      dragFrom = placeOf(event, canvas.current) === null || event.button !== 0 ? null : event.clientX;
    },
    onPointerMove(event: PointerEvent) {
      notePointer();
      const width = canvas.current?.clientWidth ?? 1;
      if (
        dragFrom !== null &&
        event.buttons === 1 &&
        (isDragging || Math.abs(event.clientX - dragFrom) > DRAG_PX)
      ) {
        isDragging = true;
        hovered.value = null;
        move((dragFrom - event.clientX) / width);
        dragFrom = event.clientX;
        return;
      }
      const hit = hitAt(event, canvas.current);
      const box = canvas.current?.parentElement?.getBoundingClientRect();
      if (hit === null || box === undefined) hovered.value = null;
      else hovered.value = { hit, x: Math.min(event.clientX - box.left, box.width - 280), y: hit.bottom + 6 };
    },
    onPointerLeave() {
      hovered.value = null;
    },
    onClick(event: MouseEvent) {
      const button =
        event.target instanceof Element ? event.target.closest<HTMLElement>('.rows button') : null;
      if (button === null || isDragging) return;
      const hit = event.detail === 0 ? null : hitAt(event, canvas.current);
      const span = hit === null ? null : `${hit.deliveryId}.${hit.n}`;
      if (openedTask.value === button.dataset.task && span === null && event.detail > 0) closeTask();
      else openRow(button, span);
    },
  };
}

/** The wheel zooms at the pointer with Ctrl, moves through time with Shift, and scrolls the list otherwise. */
function onWheel(event: WheelEvent, canvas: HTMLCanvasElement | null): void {
  const at = placeOf(event, canvas);
  if (event.ctrlKey) {
    const share = at === null ? 0.5 : at.x / at.width;
    zoom(event.deltaY > 0 ? 1.25 : 0.8, bounds.fromAt + share * (bounds.toAt - bounds.fromAt));
  } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    move((event.deltaX || event.deltaY) / 1000);
  } else return;
  event.preventDefault();
}

function NewRows({ onShow }: { readonly onShow: () => void }) {
  const waiting = waitingRows.value;
  if (waiting === 0) return null;
  return (
    <button
      type="button"
      class="new-rows"
      onClick={() => {
        releaseRows();
        onShow();
      }}
    >
      {waiting.toLocaleString('en')} new ↑
    </button>
  );
}

function Empty() {
  if (search.value !== '' && lanes.list.length > 0) return <p class="empty">No task matches this search.</p>;
  return <FirstScene />;
}
