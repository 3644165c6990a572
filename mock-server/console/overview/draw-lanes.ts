import type { Lane, Mark } from '../model/lanes.ts';
import { tickLabel, ticksOf } from '../model/time-window.ts';

export const ROW_HEIGHT = 30;
export const AXIS_HEIGHT = 26;
const BAR_HEIGHT = 16;
const MARK_SIZE = 5;

/** Colors from the style sheet, so that light and dark colors are defined in one place. */
export interface Palette {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly surface: string;
  readonly steps: readonly string[];
  readonly success: string;
  readonly failure: string;
  readonly canceled: string;
  readonly now: string;
  readonly mark: string;
  readonly onBar: string;
}

/** Reads the colors that apply to an element. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: read('text'),
    faint: read('faint'),
    line: read('line'),
    surface: read('surface'),
    steps: [1, 2, 3, 4].map((n) => read(`step-${n}`)),
    success: read('success'),
    failure: read('failure'),
    canceled: read('canceled'),
    now: read('now'),
    mark: read('text'),
    onBar: read('on-bar'),
  };
}

export interface Scene {
  readonly lanes: readonly Lane[];
  /** Distance of the first lane below the axis, in CSS pixels. */
  readonly offsetY: number;
  readonly fromAt: number;
  readonly toAt: number;
  readonly now: number;
  readonly width: number;
  readonly height: number;
  readonly selectedId: string | null;
}

type Pen = CanvasRenderingContext2D;

/** Draws the visible lanes. */
export function drawLanes(pen: Pen, scene: Scene, palette: Palette): void {
  const { lanes, width, height, offsetY, selectedId } = scene;
  pen.clearRect(0, 0, width, height);
  pen.font = '11px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  drawAxis(pen, scene, palette);
  pen.save();
  pen.beginPath();
  pen.rect(0, AXIS_HEIGHT, width, height - AXIS_HEIGHT);
  pen.clip();
  lanes.forEach((lane, row) => {
    const top = AXIS_HEIGHT + offsetY + row * ROW_HEIGHT;
    if (lane.id === selectedId) {
      pen.fillStyle = palette.line;
      pen.fillRect(0, top, width, ROW_HEIGHT);
    }
    drawLane(pen, lane, top + ROW_HEIGHT / 2, scene, palette);
  });
  pen.restore();
  drawNow(pen, scene, palette);
}

function xOf(at: number, { fromAt, toAt, width }: Scene): number {
  return ((at - fromAt) / (toAt - fromAt)) * width;
}

function drawAxis(pen: Pen, scene: Scene, palette: Palette): void {
  const { fromAt, toAt, width, height } = scene;
  pen.strokeStyle = palette.line;
  pen.fillStyle = palette.faint;
  pen.lineWidth = 1;
  pen.textAlign = 'center';
  pen.beginPath();
  for (const at of ticksOf(fromAt, toAt, Math.max(2, width / 110))) {
    const x = Math.round(xOf(at, scene)) + 0.5;
    pen.moveTo(x, AXIS_HEIGHT);
    pen.lineTo(x, height);
    pen.fillText(tickLabel(at, toAt - fromAt), x, AXIS_HEIGHT / 2);
  }
  pen.stroke();
}

function drawNow(pen: Pen, scene: Scene, palette: Palette): void {
  const x = xOf(scene.now, scene);
  if (x < 0 || x > scene.width) return;
  pen.strokeStyle = palette.now;
  pen.lineWidth = 1.5;
  pen.setLineDash([4, 3]);
  pen.beginPath();
  pen.moveTo(x, 0);
  pen.lineTo(x, scene.height);
  pen.stroke();
  pen.setLineDash([]);
}

function drawLane(pen: Pen, lane: Lane, middle: number, scene: Scene, palette: Palette): void {
  const { changes, ended, marks } = lane;
  changes.forEach(({ state, at, index }, n) => {
    const until = changes[n + 1]?.at ?? (ended === null ? scene.now : Math.max(ended.at, lastMark(marks)));
    drawSegment(
      pen,
      { state, from: xOf(at, scene), to: xOf(until, scene), middle, fill: fillOf(lane, index, palette) },
      scene,
      palette,
    );
  });
  for (const mark of marks) drawMark(pen, mark, xOf(mark.at, scene), middle, palette);
}

function lastMark(marks: readonly Mark[]): number {
  return marks.at(-1)?.at ?? 0;
}

/** The final state has the color of the outcome. Other states cycle through the colors of steps. */
function fillOf({ plan, ended }: Lane, index: number, palette: Palette): string {
  if (ended === null || index < plan.steps.length - 1)
    return palette.steps[index % palette.steps.length] ?? palette.line;
  if (ended.outcome.type === 'success') return palette.success;
  return ended.outcome.type === 'failure' ? palette.failure : palette.canceled;
}

interface Segment {
  readonly state: string;
  readonly from: number;
  readonly to: number;
  readonly middle: number;
  readonly fill: string;
}

function drawSegment(
  pen: Pen,
  { state, from, to, middle, fill }: Segment,
  { width }: Scene,
  palette: Palette,
): void {
  const left = Math.max(-4, from);
  // Final states have no duration, so they get a minimum width.
  const right = Math.min(width + 4, Math.max(to, from + 10));
  if (right < 0 || left > width) return;
  pen.fillStyle = fill;
  pen.beginPath();
  pen.roundRect(left, middle - BAR_HEIGHT / 2, right - left, BAR_HEIGHT, 3);
  pen.fill();
  if (right - left < 46) return;
  pen.fillStyle = palette.onBar;
  pen.textAlign = 'left';
  pen.fillText(state, Math.max(4, left + 6), middle + 0.5, right - left - 10);
}

/** Each kind has its own shape, so that marks can be distinguished without color. */
function drawMark(pen: Pen, { kind }: Mark, x: number, y: number, palette: Palette): void {
  if (x < -10) return;
  pen.strokeStyle = palette.mark;
  pen.fillStyle = palette.surface;
  pen.lineWidth = 2;
  pen.beginPath();
  traceMark(pen, kind, x, y);
  if (kind === 'acknowledged') pen.fillStyle = palette.mark;
  if (kind !== 'rejected') pen.fill();
  pen.stroke();
}

const s = MARK_SIZE;

function traceMark(pen: Pen, kind: Mark['kind'], x: number, y: number): void {
  switch (kind) {
    case 'acknowledged':
      pen.arc(x, y, s - 0.5, 0, 2 * Math.PI);
      return;
    case 'rejected':
      pen.moveTo(x - s, y - s);
      pen.lineTo(x + s, y + s);
      pen.moveTo(x + s, y - s);
      pen.lineTo(x - s, y + s);
      return;
    case 'timeout':
      pen.rect(x - s, y - s, 2 * s, 2 * s);
      return;
    case 'failed':
      pen.moveTo(x, y - s - 1);
      pen.lineTo(x + s + 1, y + s);
      pen.lineTo(x - s - 1, y + s);
      pen.closePath();
      return;
    case 'abandoned':
      pen.moveTo(x + 8, y - s - 2);
      pen.lineTo(x + 8, y + s + 2);
      pen.moveTo(x + 12, y - s - 2);
      pen.lineTo(x + 12, y + s + 2);
      return;
    case 'download':
      pen.moveTo(x - s, y - 2 + s);
      pen.lineTo(x, y + 3 + s);
      pen.lineTo(x + s, y - 2 + s);
  }
}

/** Returns the content of a lane as text for screen readers. */
export function describeLane({ pack, scenario, marks }: Lane): string {
  const last = marks.slice(-4).map(({ text }) => text);
  return [pack, `scenario ${scenario}`, ...last].join(', ');
}
