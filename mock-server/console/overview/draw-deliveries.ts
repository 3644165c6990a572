import { durationText, elapsedText } from '../model/durations.ts';
import { type AttemptSpan, endOf, type Lane, type LaneDelivery } from '../model/lane.ts';
import { type Drawing, type Hit, type Pen, xOf } from './drawing.ts';
import { drawAbandoned, drawMark, drawSame, hatch, markOf } from './marks.ts';
import type { Palette } from './palette.ts';

interface Line {
  readonly pen: Pen;
  readonly lane: Lane;
  readonly drawing: Drawing;
  readonly middle: number;
  readonly height: number;
  readonly hits: Hit[];
  /** The right end of the last mark: marks at the same time are drawn next to each other. */
  takenTo: number;
}

/** Draws the attempts of a task, the time between them, the next ones, and the downloads. */
export function drawDeliveries(pen: Pen, lane: Lane, top: number, drawing: Drawing): readonly Hit[] {
  const { row } = drawing.palette;
  const line: Line = {
    ...{ pen, lane, drawing, hits: [] },
    middle: top + Math.round(row * 0.74),
    height: Math.round(row * 0.36),
    takenTo: Number.NEGATIVE_INFINITY,
  };
  for (const delivery of lane.deliveries) drawDelivery(line, delivery);
  drawDownloads(line);
  return line.hits;
}

function place(at: number, { lane, drawing }: Line): number {
  return xOf(at, drawing, lane.submittedAt);
}

function drawDelivery(line: Line, delivery: LaneDelivery): void {
  const { attempts, nextAttemptAt } = delivery;
  attempts.forEach((span, index) => {
    const before = attempts[index - 1];
    if (before !== undefined) drawGap(line, endOf(before, line.drawing.wallNow), span.startedAt, false);
    if (span.outcome === null) drawInFlight(line, delivery, span);
    else drawEnded(line, delivery, span, span.outcome);
  });
  const last = attempts.at(-1);
  if (nextAttemptAt !== null) {
    if (last !== undefined) drawGap(line, endOf(last, line.drawing.wallNow), nextAttemptAt, true);
    drawPlanned(line, delivery, nextAttemptAt);
  }
  if (delivery.status === 'abandoned' && last !== undefined) {
    const { pen, middle, drawing } = line;
    pen.fillStyle = drawing.palette.status.abandoned;
    drawAbandoned(pen, line.takenTo + 3, middle, 5 * drawing.palette.scale);
    line.takenTo += 14;
    word(line, 'abandoned', line.takenTo + 4);
  }
}

function colorOf(
  { status, why }: LaneDelivery,
  { outcome }: AttemptSpan,
  { status: colors }: Palette,
): string {
  if (outcome === null) return colors['in flight'];
  // Receivers must reject these, so neither answer means what it usually means.
  if (why === 'forged' || why === 'malformed') return colors['no callback'];
  if (outcome === 'acknowledged') return colors.acknowledged;
  return status === 'abandoned' ? colors.abandoned : colors.retrying;
}

function drawInFlight(line: Line, delivery: LaneDelivery, span: AttemptSpan): void {
  const { pen, drawing, middle, height } = line;
  const left = place(span.startedAt, line);
  const right = Math.max(left + 6, place(endOf(span, drawing.wallNow), line));
  pen.strokeStyle = colorOf(delivery, span, drawing.palette);
  hatch(pen, left, middle - height / 2, right - left, height);
  const text = elapsedText(drawing.wallNow - span.startedWallAt, span.timeoutMs);
  line.takenTo = label(line, text, right + 5, drawing.palette.text);
  addHit(line, delivery, span, left, right);
}

function drawEnded(
  line: Line,
  delivery: LaneDelivery,
  span: AttemptSpan,
  outcome: NonNullable<AttemptSpan['outcome']>,
): void {
  const { pen, drawing, middle, height } = line;
  const { scale } = drawing.palette;
  const size = 4.5 * scale;
  const color = colorOf(delivery, span, drawing.palette);
  const left = place(span.startedAt, line);
  const end = place(endOf(span, drawing.wallNow), line);
  pen.fillStyle = color;
  pen.strokeStyle = color;
  if (end - left > 5) {
    if (outcome === 'timeout') hatch(pen, left, middle - height / 2, end - left, height);
    else pen.fillRect(left, middle - height / 2, end - left, height);
  }
  if (end - left > 10 * size) {
    drawInside(line, delivery, span, outcome, end - size - 2);
    return addHit(line, delivery, span, left, end);
  }
  const isDouble = delivery.why === 'duplicate' && span.n === 1;
  const x = Math.max(end + size + 1, line.takenTo + size + 3 + (isDouble ? 9 * scale : 0));
  if (isDouble) drawSame(pen, x - size - 6 * scale, middle, 4 * scale);
  drawMark(pen, markOf(outcome), { x, y: middle, size }, drawing.palette.surface);
  line.takenTo = x + size + 1;
  if (delivery.attempts.length > 1) number(line, span.n);
  if (delivery.why === 'forged' || delivery.why === 'malformed') {
    line.takenTo = label(line, delivery.why, line.takenTo + 3, drawing.palette.text);
  }
  addHit(line, delivery, span, Math.min(left, x - size), line.takenTo);
}

/** A long span has its mark and its number at the end, so that the next attempt can begin there. */
function drawInside(
  line: Line,
  { attempts }: LaneDelivery,
  { n }: AttemptSpan,
  outcome: NonNullable<AttemptSpan['outcome']>,
  x: number,
): void {
  const { pen, drawing, middle, height } = line;
  const { surface, scale } = drawing.palette;
  const size = 4.5 * scale;
  const width = attempts.length > 1 ? pen.measureText(String(n)).width + 3 : 0;
  const { strokeStyle } = pen;
  pen.fillStyle = surface;
  pen.fillRect(x - size - width - 2, middle - height / 2 + 1, 2 * size + width + 2, height - 2);
  if (width > 0) {
    pen.fillStyle = drawing.palette.text;
    pen.textAlign = 'left';
    pen.fillText(String(n), x - size - width, middle);
  }
  pen.fillStyle = strokeStyle;
  drawMark(pen, markOf(outcome), { x, y: middle, size: size - 1 }, surface);
  line.takenTo = x + size + 2;
}

/** Writes a text at a place, or as far right as it is not cut off. @returns its right end */
function label({ pen, drawing, middle }: Line, text: string, x: number, color: string): number {
  const width = pen.measureText(text).width;
  const left = Math.min(x, drawing.width - width - 3);
  if (left < x && left > -width) {
    pen.fillStyle = drawing.palette.surface;
    pen.fillRect(left - 2, middle - 7, width + 4, 14);
  }
  pen.fillStyle = color;
  pen.textAlign = 'left';
  pen.fillText(text, x > drawing.width ? x : left, middle);
  return x + width;
}

/** Writes the number of an attempt after its mark. */
function number(line: Line, n: number): void {
  const { pen, drawing, middle } = line;
  const width = pen.measureText(String(n)).width;
  pen.fillStyle = drawing.palette.surface;
  pen.fillRect(line.takenTo, middle - 6, width + 4, 12);
  pen.fillStyle = drawing.palette.text;
  pen.textAlign = 'left';
  pen.fillText(String(n), line.takenTo + 2, middle);
  line.takenTo += 3 + width;
}

/** Draws the time between two attempts, with its length where there is room. */
function drawGap(line: Line, fromAt: number, toAt: number, isPlanned: boolean): void {
  const { pen, drawing, middle } = line;
  const left = Math.max(place(fromAt, line) + 4, line.takenTo + 3);
  const right = Math.min(place(toAt, line) - 6, drawing.width + 20);
  if (right - left < 6) return;
  pen.strokeStyle = drawing.palette.faint;
  pen.lineWidth = 1;
  if (isPlanned) pen.setLineDash([2, 3]);
  pen.beginPath();
  pen.moveTo(left, middle + 0.5);
  pen.lineTo(right, middle + 0.5);
  pen.stroke();
  pen.setLineDash([]);
  const text = `+${durationText(toAt - fromAt)}`;
  const width = pen.measureText(text).width + 6;
  const [from, until] = [Math.max(left, 0), Math.min(right, drawing.width)];
  if (until - from < width + 8) return;
  const center = (from + until) / 2;
  pen.fillStyle = drawing.palette.surface;
  pen.fillRect(center - width / 2, middle - 6, width, 12);
  pen.fillStyle = drawing.palette.faint;
  pen.textAlign = 'center';
  pen.fillText(text, center, middle + 0.5);
}

function drawPlanned(line: Line, { attempts, status }: LaneDelivery, at: number): void {
  const { pen, drawing, middle } = line;
  const { scale, status: colors, faint } = drawing.palette;
  const size = 4 * scale;
  const x = Math.max(place(at, line), line.takenTo + size + 3);
  if (x > drawing.width + size) return;
  pen.strokeStyle = colors[status];
  pen.lineWidth = 1.5;
  pen.setLineDash([2.5, 2]);
  pen.beginPath();
  pen.arc(x, middle, size, 0, 2 * Math.PI);
  pen.stroke();
  pen.setLineDash([]);
  line.takenTo = x + size + 1;
  if (attempts.length === 0) return;
  const waitMs = at - drawing.now;
  const text = waitMs > 0 ? `${attempts.length + 1} in ${durationText(waitMs)}` : `${attempts.length + 1}`;
  // Without room, the row still says it.
  if (line.takenTo + 3 + pen.measureText(text).width > drawing.width) return;
  line.takenTo = label(line, text, line.takenTo + 3, faint);
}

function word({ pen, drawing, middle }: Line, text: string, x: number): void {
  pen.textAlign = 'left';
  if (x + pen.measureText(text).width < drawing.width) pen.fillText(text, x, middle);
}

function drawDownloads(line: Line): void {
  const { pen, lane, drawing, middle, height } = line;
  const size = 3 * drawing.palette.scale;
  pen.strokeStyle = drawing.palette.text;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const { at } of lane.downloads) {
    const x = place(at, line);
    if (x < -10 || x > drawing.width + 10) continue;
    pen.moveTo(x - size, middle + height / 2 - 1);
    pen.lineTo(x, middle + height / 2 + size - 1);
    pen.lineTo(x + size, middle + height / 2 - 1);
  }
  pen.stroke();
}

function addHit(line: Line, { id }: LaneDelivery, { n }: AttemptSpan, left: number, right: number): void {
  const { lane, middle, height, hits } = line;
  const [top, bottom] = [middle - height / 2 - 3, middle + height / 2 + 3];
  hits.push({ left: left - 3, right: right + 3, top, bottom, taskId: lane.id, deliveryId: id, n });
}
