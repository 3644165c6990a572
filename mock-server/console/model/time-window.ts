import type { Bounds } from './fit.ts';

/**
 * The visible part of the time axis: `fit` shows the latest tasks and their plan, `follow` ends at the current time, and
 * `fixed` stays where the user moved it.
 */
export type TimeWindow =
  | { readonly type: 'fit' }
  | { readonly type: 'follow'; readonly spanMs: number }
  | { readonly type: 'fixed'; readonly fromAt: number; readonly toAt: number };

const SHORTEST_MS = 500;
const LONGEST_MS = 60 * 24 * 3_600_000;
/** Share of the span that stays free to the right of the current time. */
const MARGIN = 0.15;

/** Returns the bounds of a window that follows the current time. */
export function followed(spanMs: number, now: number): Bounds {
  const toAt = now + spanMs * MARGIN;
  return { fromAt: toAt - spanMs, toAt };
}

/**
 * Zooms at a time, which keeps its place.
 * @param factor a factor below 1 shows more detail
 */
export function zoomed({ fromAt, toAt }: Bounds, factor: number, aroundAt: number): TimeWindow {
  const spanMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (toAt - fromAt) * factor));
  const share = (aroundAt - fromAt) / (toAt - fromAt);
  const start = aroundAt - share * spanMs;
  return { type: 'fixed', fromAt: start, toAt: start + spanMs };
}

/** Moves the window. @param share part of the span; positive is later */
export function moved({ fromAt, toAt }: Bounds, share: number): TimeWindow {
  const byMs = share * (toAt - fromAt);
  return { type: 'fixed', fromAt: fromAt + byMs, toAt: toAt + byMs };
}

/** Returns bounds on the way to others, which they reach within some frames. */
export function eased(from: Bounds, to: Bounds, elapsedMs: number): Bounds {
  const share = 1 - Math.exp(-elapsedMs / 90);
  const next = {
    fromAt: from.fromAt + (to.fromAt - from.fromAt) * share,
    toAt: from.toAt + (to.toAt - from.toAt) * share,
  };
  const restMs = Math.abs(next.fromAt - to.fromAt) + Math.abs(next.toAt - to.toAt);
  return restMs < (to.toAt - to.fromAt) / 2000 ? to : next;
}

const STEPS_MS = [
  ...[100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 6, 12].map((hours) => hours * 3_600_000),
  ...[1, 2, 7, 14].map((days) => days * 24 * 3_600_000),
];

/**
 * Returns round times within the bounds.
 * @param most the highest number of ticks
 * @param isRelative whether the times are durations, which have no time zone
 */
export function ticksOf(fromAt: number, toAt: number, most: number, isRelative = false): readonly number[] {
  const stepMs = STEPS_MS.find((step) => (toAt - fromAt) / step <= most) ?? STEPS_MS.at(-1) ?? 1;
  // Days and hours begin at local midnight.
  const zoneMs = isRelative ? 0 : -new Date(fromAt).getTimezoneOffset() * 60_000;
  const ticks: number[] = [];
  for (let at = Math.ceil((fromAt + zoneMs) / stepMs) * stepMs - zoneMs; at <= toAt; at += stepMs)
    ticks.push(at);
  return ticks;
}

/** Returns the label of a tick in local time: the day for long spans, the time for short ones. */
export function tickLabel(at: number, spanMs: number): string {
  const date = new Date(at);
  const [month, day] = [two(date.getMonth() + 1), two(date.getDate())];
  const [hours, minutes, seconds] = [two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())];
  if (spanMs > 3 * 24 * 3_600_000) return `${month}-${day}`;
  if (spanMs > 20 * 60_000) return `${hours}:${minutes}`;
  if (spanMs > 4000) return `${hours}:${minutes}:${seconds}`;
  return `${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
