/** The visible part of the time axis. */
export interface TimeWindow {
  readonly spanMs: number;
  /** Right end; null follows the current time. */
  readonly endAt: number | null;
}

const SHORTEST_MS = 1000;
const LONGEST_MS = 60 * 24 * 3_600_000;
/** Share of the span that stays free to the right of the current time. */
const MARGIN = 0.06;

export function boundsOf(
  { spanMs, endAt }: TimeWindow,
  now: number,
): { readonly fromAt: number; readonly toAt: number } {
  const toAt = endAt ?? now + spanMs * MARGIN;
  return { fromAt: toAt - spanMs, toAt };
}

/** Zooms a window. @param factor a factor below 1 shows more detail */
export function zoomed(window: TimeWindow, factor: number, now: number): TimeWindow {
  const spanMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, window.spanMs * factor));
  if (window.endAt === null) return { spanMs, endAt: null };
  const { fromAt, toAt } = boundsOf(window, now);
  return { spanMs, endAt: (fromAt + toAt + spanMs) / 2 };
}

/** Moves a window, which then no longer follows the current time. @param share part of the span; positive is later */
export function moved(window: TimeWindow, share: number, now: number): TimeWindow {
  return { ...window, endAt: boundsOf(window, now).toAt + share * window.spanMs };
}

/** Returns the window that shows everything between two times. */
export function fitted(fromAt: number, toAt: number): TimeWindow {
  const spanMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (toAt - fromAt) * 1.1));
  return { spanMs, endAt: toAt + spanMs * 0.04 };
}

const STEPS_MS = [
  ...[100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 6, 12].map((hours) => hours * 3_600_000),
  ...[1, 2, 7, 14].map((days) => days * 24 * 3_600_000),
];

/** Returns round times within the bounds. @param most the highest number of ticks */
export function ticksOf(fromAt: number, toAt: number, most: number): readonly number[] {
  const stepMs = STEPS_MS.find((step) => (toAt - fromAt) / step <= most) ?? STEPS_MS.at(-1) ?? 1;
  const ticks: number[] = [];
  for (let at = Math.ceil(fromAt / stepMs) * stepMs; at <= toAt; at += stepMs) ticks.push(at);
  return ticks;
}

/** Returns the label of a tick: the day for long spans, the time for short ones. */
export function tickLabel(at: number, spanMs: number): string {
  const iso = new Date(at).toISOString();
  if (spanMs > 3 * 24 * 3_600_000) return iso.slice(5, 10);
  if (spanMs > 20 * 60_000) return iso.slice(11, 16);
  return spanMs > 4000 ? iso.slice(11, 19) : iso.slice(14, 23);
}
