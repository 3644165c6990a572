import { signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Lane } from '../model/lane.ts';
import { describeLane, detailOf } from '../model/lane-words.ts';
import { STATUS_SYMBOLS } from '../model/status-symbols.ts';
import { openedTask, openTask } from '../route.ts';
import { shown } from './animate.ts';
import { now, wallTime } from './view-state.ts';

/** The task whose row has the focus, or gets it with the Tab key. */
const activeId = signal<string | null>(null);
/** Increases when the active row must get the focus. */
const focusWanted = signal(0);

/** Moves the focus to the row of a task, wherever it is. */
export function focusRow(taskId: string): void {
  activeId.value = taskId;
  focusWanted.value += 1;
}

/** The rows of the visible tasks, and that of the active task, which keeps the focus when it is scrolled away. */
export function Rows() {
  const { first, rows, all, rowHeight, beat } = shown.value;
  const list = useRef<HTMLOListElement>(null);
  const wanted = focusWanted.value;
  // Before any other key arrives: the row that had the focus may be gone.
  useLayoutEffect(() => {
    if (wanted === 0) return;
    // The latest one: another key may have been pressed since this was rendered.
    const id = CSS.escape(activeId.peek() ?? '');
    list.current?.querySelector<HTMLElement>(`button[data-task="${id}"]`)?.focus({ preventScroll: true });
  }, [wanted]);
  const total = all.length;
  const active = activeId.value;
  const activeIndex = active === null ? -1 : all.findLastIndex(({ id }) => id === active);
  const placed = rows.map((lane, n) => ({ lane, position: first + n }));
  const isVisible = rows.some(({ id }) => id === active);
  const lane = all[activeIndex];
  if (!isVisible && lane !== undefined) placed.push({ lane, position: total - 1 - activeIndex });
  const firstId = rows[0]?.id;
  return (
    <ol class="rows" ref={list} aria-label="Tasks, newest first" onKeyDown={onRowKey}>
      {placed.map((one) => (
        <Row
          key={one.lane.id}
          {...one}
          total={total}
          height={rowHeight}
          beat={beat}
          isTabStop={lane === undefined ? one.lane.id === firstId : one.lane.id === active}
        />
      ))}
    </ol>
  );
}

interface RowProps {
  readonly lane: Lane;
  readonly position: number;
  readonly total: number;
  readonly height: number;
  readonly isTabStop: boolean;
  /** Changes when the counters in the row must be rendered again. */
  readonly beat: number;
}

function Row({ lane, position, total, height, isTabStop }: RowProps) {
  const { id, pack, status } = lane;
  return (
    <li
      aria-setsize={total}
      aria-posinset={position + 1}
      style={{ transform: `translateY(${position * height}px)` }}
    >
      <button
        type="button"
        tabIndex={isTabStop ? 0 : -1}
        aria-current={openedTask.value === id}
        data-status={status}
        data-task={id}
        onFocus={() => {
          activeId.value = id;
        }}
      >
        <span class="status">
          <span aria-hidden="true">{STATUS_SYMBOLS[status]}</span> <span>{status}</span>
        </span>
        <code>{id.slice(0, 8)}</code>
        <span class="pack">{pack}</span>
        <span class="detail">{detailOf(lane, { now: now(), wallNow: wallTime() })}</span>
        <span class="unseen">{describeLane(lane)}</span>
      </button>
    </li>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  j: 1,
  ArrowUp: -1,
  k: -1,
  PageDown: 15,
  PageUp: -15,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function onRowKey(event: KeyboardEvent): void {
  const step = STEPS[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const { all, rowHeight } = shown.value;
  const index = all.findLastIndex(({ id }) => id === activeId.value);
  const position = Math.min(all.length - 1, Math.max(0, all.length - 1 - index + step));
  const lane = all[all.length - 1 - position];
  if (lane === undefined) return;
  scrollTo(position * rowHeight, rowHeight);
  focusRow(lane.id);
}

/** Scrolls the list so that a row is visible. */
function scrollTo(top: number, height: number): void {
  const scroller = document.querySelector('.scroller');
  if (scroller === null) return;
  const { scrollTop, clientHeight } = scroller;
  if (top < scrollTop) scroller.scrollTop = top;
  if (top + height > scrollTop + clientHeight) scroller.scrollTop = top + height - clientHeight;
}

/** Opens the task of a row that was clicked. */
export function openRow(button: HTMLElement, span: string | null): void {
  const { task } = button.dataset;
  if (task !== undefined) openTask(task, span === null ? {} : { span });
}
