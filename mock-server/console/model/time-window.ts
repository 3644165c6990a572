/** The part of the time axis that is seen. */
export interface TimeWindow {
  readonly spanMs: number;
  /** Its right end; null follows the present. */
  readonly endAt: number | null;
}

const SHORTEST_MS = 1000;
const LONGEST_MS = 60 * 24 * 3_600_000;
/** The present does not stick to the edge. */
const MARGIN = 0.06;

export function boundsOf(
  { spanMs, endAt }: TimeWindow,
  now: number,
): { readonly fromAt: number; readonly toAt: number } {
  const toAt = endAt ?? now + spanMs * MARGIN;
  return { fromAt: toAt - spanMs, toAt };
}

/** @param factor below 1 shows more detail */
export function zoomed(window: TimeWindow, factor: number, now: number): TimeWindow {
  const spanMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, window.spanMs * factor));
  if (window.endAt === null) return { spanMs, endAt: null };
  const { fromAt, toAt } = boundsOf(window, now);
  return { spanMs, endAt: (fromAt + toAt + spanMs) / 2 };
}

/** @param share of the span; positive is later. Who moves stops following. */
export function moved(window: TimeWindow, share: number, now: number): TimeWindow {
  return { ...window, endAt: boundsOf(window, now).toAt + share * window.spanMs };
}

/** All of it at once. */
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

/** Round moments within the bounds, not closer than can be read. */
export function ticksOf(fromAt: number, toAt: number, most: number): readonly number[] {
  const stepMs = STEPS_MS.find((step) => (toAt - fromAt) / step <= most) ?? STEPS_MS.at(-1) ?? 1;
  const ticks: number[] = [];
  for (let at = Math.ceil(fromAt / stepMs) * stepMs; at <= toAt; at += stepMs) ticks.push(at);
  return ticks;
}

/** A moment as the axis shows it: the day where days are apart, else the time. */
export function tickLabel(at: number, spanMs: number): string {
  const iso = new Date(at).toISOString();
  if (spanMs > 3 * 24 * 3_600_000) return iso.slice(5, 10);
  if (spanMs > 20 * 60_000) return iso.slice(11, 16);
  return spanMs > 4000 ? iso.slice(11, 19) : iso.slice(14, 23);
}
