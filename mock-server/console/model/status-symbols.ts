import type { LaneStatus } from './lane.ts';

/** A symbol for each status, which tells it without color. */
export const STATUS_SYMBOLS: Readonly<Record<LaneStatus, string>> = {
  waiting: '○',
  'in flight': '◐',
  retrying: '↻',
  acknowledged: '●',
  abandoned: '✗',
  'no callback': '–',
};
