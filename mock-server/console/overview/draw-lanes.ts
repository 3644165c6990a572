import { durationText } from '../model/durations.ts';
import type { Lane } from '../model/lane.ts';
import { lastAtOf } from '../model/plan-ahead.ts';
import { tickLabel, ticksOf } from '../model/time-window.ts';
import { drawDeliveries } from './draw-deliveries.ts';
import { drawStates } from './draw-states.ts';
import { type Drawing, type Hit, type Pen, xOf } from './drawing.ts';

/** Draws the visible lanes. @returns the drawn attempts, for the pointer */
export function drawLanes(pen: Pen, drawing: Drawing): readonly Hit[] {
  const { lanes, width, height, offsetY, selectedId, palette } = drawing;
  const { axis, row, scale } = palette;
  pen.clearRect(0, 0, width, height);
  pen.font = `${Math.round(11 * scale)}px system-ui, sans-serif`;
  pen.textBaseline = 'middle';
  drawAxis(pen, drawing);
  pen.save();
  pen.beginPath();
  pen.rect(0, axis, width, height - axis);
  pen.clip();
  const hits: Hit[] = [];
  lanes.forEach((lane, n) => {
    const top = axis + offsetY + n * row;
    if (lane.id === selectedId) {
      pen.fillStyle = palette.line;
      pen.fillRect(0, top, width, row);
    }
    if (drawOutside(pen, lane, top, drawing)) return;
    drawStates(pen, lane, top, drawing);
    hits.push(...drawDeliveries(pen, lane, top, drawing));
  });
  pen.restore();
  drawNow(pen, drawing);
  return hits;
}

function drawAxis(pen: Pen, drawing: Drawing): void {
  const { fromAt, toAt, width, height, isRelative, palette } = drawing;
  pen.strokeStyle = palette.line;
  pen.fillStyle = palette.faint;
  pen.lineWidth = 1;
  pen.textAlign = 'center';
  pen.beginPath();
  for (const at of ticksOf(fromAt, toAt, Math.max(2, width / (105 * palette.scale)), isRelative)) {
    const x = Math.round(((at - fromAt) / (toAt - fromAt)) * width) + 0.5;
    pen.moveTo(x, palette.axis);
    pen.lineTo(x, height);
    const label = isRelative ? `+${durationText(at)}` : tickLabel(at, toAt - fromAt);
    const half = pen.measureText(label).width / 2;
    const isTaken = !isRelative && Math.abs(x - xOf(drawing.now, drawing, 0)) < half + 20;
    if (!isTaken && x - half > 2 && x + half < width - 2 && !(isRelative && at < 0))
      pen.fillText(label, x, palette.axis / 2);
  }
  pen.stroke();
}

function drawNow(pen: Pen, drawing: Drawing): void {
  const { palette, height, width, isRelative } = drawing;
  if (isRelative) return;
  const x = xOf(drawing.now, drawing, 0);
  if (x < 0 || x > width) return;
  pen.strokeStyle = palette.now;
  pen.lineWidth = 1.5;
  pen.setLineDash([4, 3]);
  pen.beginPath();
  pen.moveTo(x, palette.axis - 4);
  pen.lineTo(x, height);
  pen.stroke();
  pen.setLineDash([]);
  pen.textAlign = 'center';
  const half = pen.measureText('now').width / 2 + 4;
  const middle = Math.min(width - half, Math.max(half, x));
  pen.fillStyle = palette.surface;
  pen.fillRect(middle - half, 2, 2 * half, palette.axis - 6);
  pen.fillStyle = palette.now;
  pen.fillText('now', middle, palette.axis / 2);
}

/** Says where a task is that is not in the window. @returns whether it is outside */
function drawOutside(pen: Pen, lane: Lane, top: number, drawing: Drawing): boolean {
  const { palette, width, now, isRelative } = drawing;
  if (isRelative) return false;
  const lastAt = lane.endedAt === null ? Math.max(now, lane.submittedAt) : lastAtOf(lane, drawing.wallNow);
  const isBefore = xOf(lastAt, drawing, 0) < -2;
  if (!isBefore && xOf(lane.submittedAt, drawing, 0) <= width + 2) return false;
  pen.fillStyle = palette.faint;
  pen.textAlign = isBefore ? 'left' : 'right';
  const text = durationText(now - (isBefore ? lastAt : lane.submittedAt));
  const isPast = (isBefore ? lastAt : lane.submittedAt) <= now;
  const words = isPast ? `${text} ago` : `in ${text}`;
  pen.fillText(isBefore ? `◂ ${words}` : `${words} ▸`, isBefore ? 8 : width - 8, top + palette.row / 2);
  return true;
}
