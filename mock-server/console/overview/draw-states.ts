import type { Lane } from '../model/lane.ts';
import { lastAtOf } from '../model/plan-ahead.ts';
import { type Drawing, type Pen, xOf } from './drawing.ts';

/** Draws the states of a task: a thin bar for those so far, outlines for the planned ones. */
export function drawStates(pen: Pen, lane: Lane, top: number, drawing: Drawing): void {
  const { changes, endedAt, submittedAt, steps } = lane;
  const reached = changes.at(-1)?.index ?? 0;
  changes.forEach(({ state, at, index }, n) => {
    const isLast = n === changes.length - 1;
    const end = isLast && endedAt !== null ? Math.max(endedAt, lastAtOf(lane, drawing.wallNow)) : drawing.now;
    const until = changes[n + 1]?.at ?? Math.max(at, end);
    const place = { from: xOf(at, drawing, submittedAt), to: xOf(until, drawing, submittedAt), top, index };
    drawState(pen, state, place, { isPlanned: false, isFinal: index === steps.length - 1 }, drawing);
  });
  if (endedAt !== null) return;
  steps.forEach(({ state, at }, index) => {
    if (index <= reached) return;
    const from = xOf(Math.max(at, drawing.now), drawing, submittedAt);
    const to = xOf(steps[index + 1]?.at ?? at, drawing, submittedAt);
    const isFinal = index === steps.length - 1;
    drawState(pen, state, { from, to, top, index }, { isPlanned: true, isFinal }, drawing);
  });
}

interface Place {
  readonly from: number;
  readonly to: number;
  readonly top: number;
  readonly index: number;
}

interface Kind {
  readonly isPlanned: boolean;
  readonly isFinal: boolean;
}

function drawState(
  pen: Pen,
  state: string,
  place: Place,
  { isPlanned, isFinal }: Kind,
  drawing: Drawing,
): void {
  const { palette, width } = drawing;
  const { scale, states, row } = palette;
  const left = Math.max(-4, place.from);
  const right = Math.min(width + 4, Math.max(place.to, place.from + 4));
  if (right < 0 || left > width || right <= left) return;
  const height = Math.round(row * 0.4);
  const top = place.top + Math.round(row * 0.08);
  const color = states[place.index % 2 === 0 ? 0 : 1];
  pen.fillStyle = color;
  pen.strokeStyle = color;
  if (isPlanned) {
    pen.lineWidth = 1;
    pen.setLineDash([3, 2]);
    pen.strokeRect(left + 0.5, top + 0.5, right - left - 1, height - 1);
    pen.setLineDash([]);
  } else {
    // A final state lasts, but nothing happens in it any more.
    pen.globalAlpha = isFinal ? 0.35 : 1;
    pen.fillRect(left, top, Math.max(1, right - left - 1), height);
    pen.globalAlpha = 1;
  }
  pen.font = `${Math.round(10 * scale)}px system-ui, sans-serif`;
  const room = right - Math.max(4, left) - 8;
  pen.fillStyle = isPlanned || isFinal ? palette.text : palette.onBar;
  pen.textAlign = 'left';
  if (pen.measureText(state).width <= room) {
    pen.fillText(state, Math.max(4, left + 4), top + height / 2 + 0.5);
  }
  pen.font = `${Math.round(11 * scale)}px system-ui, sans-serif`;
}
