import { LANE_STATUSES, type LaneStatus } from '../model/lane.ts';

/** Colors from the design tokens, and sizes that follow the text size of the reader. */
export interface Palette {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly surface: string;
  readonly states: readonly [string, string];
  readonly status: Readonly<Record<LaneStatus, string>>;
  readonly now: string;
  readonly onBar: string;
  /** CSS pixels of 1 rem divided by 16: 1 for the usual text size. */
  readonly scale: number;
  /** Height of a row in CSS pixels. */
  readonly row: number;
  readonly axis: number;
}

/** Reads the colors and sizes that apply to an element. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const row = Math.round((Number.parseFloat(read('row')) || 1.875) * rem);
  return {
    text: read('text'),
    faint: read('faint'),
    line: read('line'),
    surface: read('surface'),
    states: [read('state'), read('state-2')],
    status: Object.fromEntries(
      LANE_STATUSES.map((status) => [status, read(status.replaceAll(' ', '-'))]),
    ) as Record<LaneStatus, string>,
    now: read('now'),
    onBar: read('on-bar'),
    ...{ scale: rem / 16, row, axis: Math.round(1.625 * rem) },
  };
}
