import type { Lane } from '../model/lane.ts';
import type { Palette } from './palette.ts';

export type Pen = CanvasRenderingContext2D;

/** Everything that a drawing depends on. */
export interface Drawing {
  readonly lanes: readonly Lane[];
  /** Distance of the first lane below the axis, in CSS pixels. */
  readonly offsetY: number;
  readonly fromAt: number;
  readonly toAt: number;
  readonly now: number;
  readonly wallNow: number;
  readonly width: number;
  readonly height: number;
  readonly selectedId: string | null;
  /** Whether every task begins at the left, so that tasks can be compared. */
  readonly isRelative: boolean;
  readonly palette: Palette;
}

/** A drawn attempt, for the pointer. */
export interface Hit {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly taskId: string;
  readonly deliveryId: string;
  readonly n: number;
}

/** Returns the place of a time. @param baseAt the time at the left of the axis when it is relative */
export function xOf(at: number, { fromAt, toAt, width, isRelative }: Drawing, baseAt: number): number {
  return ((at - (isRelative ? baseAt : 0) - fromAt) / (toAt - fromAt)) * width;
}
