import type { AttemptOutcome } from '../admin-types.ts';
import type { Pen } from './drawing.ts';

/** Each kind has its own shape, so that marks can be distinguished without color. */
export type MarkKind = 'acknowledged' | 'rejected' | 'timeout' | 'failed';

export function markOf(outcome: AttemptOutcome): MarkKind {
  if (outcome === 'acknowledged' || outcome === 'timeout') return outcome;
  return outcome === 'rejected' || outcome === 'redirect' ? 'rejected' : 'failed';
}

/** The center of a mark, and half of its width. */
interface MarkPlace {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Draws a mark. @param surface the color that it covers what is behind it with */
export function drawMark(pen: Pen, kind: MarkKind, place: MarkPlace, surface: string): void {
  const { x, y, size } = place;
  pen.lineWidth = size / 2.4;
  pen.beginPath();
  trace(pen, kind, x, y, size);
  if (kind !== 'acknowledged' && kind !== 'rejected') {
    pen.save();
    pen.fillStyle = surface;
    pen.fill();
    pen.restore();
  }
  if (kind === 'acknowledged') pen.fill();
  pen.stroke();
}

function trace(pen: Pen, kind: MarkKind, x: number, y: number, s: number): void {
  switch (kind) {
    case 'acknowledged':
      pen.arc(x, y, s * 0.8, 0, 2 * Math.PI);
      return;
    case 'rejected':
      pen.moveTo(x - s, y - s);
      pen.lineTo(x + s, y + s);
      pen.moveTo(x + s, y - s);
      pen.lineTo(x - s, y + s);
      return;
    case 'timeout':
      pen.rect(x - s, y - s, 2 * s, 2 * s);
      pen.moveTo(x - s, y - s);
      pen.lineTo(x + s, y + s);
      pen.moveTo(x + s, y - s);
      pen.lineTo(x - s, y + s);
      return;
    case 'failed':
      pen.moveTo(x, y - s - 1);
      pen.lineTo(x + s + 1, y + s);
      pen.lineTo(x - s - 1, y + s);
      pen.closePath();
  }
}

/** Draws the end of a delivery that was abandoned: a wall. */
export function drawAbandoned(pen: Pen, x: number, y: number, size: number): void {
  pen.fillRect(x, y - size - 3, 3, 2 * size + 6);
  pen.fillRect(x + 5, y - size - 3, 3, 2 * size + 6);
}

/** Draws two lines: the same bytes as before. */
export function drawSame(pen: Pen, x: number, y: number, size: number): void {
  pen.fillRect(x - size, y - size * 0.6, 2 * size, size * 0.4);
  pen.fillRect(x - size, y + size * 0.2, 2 * size, size * 0.4);
}

/** Fills a rectangle with diagonal lines: somebody waits. */
export function hatch(pen: Pen, left: number, top: number, width: number, height: number): void {
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (let x = Math.floor(left / 6) * 6 - height; x < left + width; x += 6) {
    pen.moveTo(x, top + height);
    pen.lineTo(x + height, top);
  }
  pen.stroke();
  pen.restore();
  pen.lineWidth = 1;
  pen.strokeRect(left + 0.5, top + 0.5, Math.max(0, width - 1), height - 1);
}
