const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Returns a duration for people: `12 ms`, `4.2 s`, `1 min 30 s`, `14 d`. */
export function sayDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  const seconds = Math.round(durationMs / 100) / 10;
  if (seconds < 60) return `${seconds} s`;
  if (durationMs >= 2 * DAY_MS) return inParts(durationMs, DAY_MS, 'd', HOUR_MS, 'h');
  if (durationMs >= 2 * HOUR_MS) return inParts(durationMs, HOUR_MS, 'h', MINUTE_MS, 'min');
  return inParts(durationMs, MINUTE_MS, 'min', 1000, 's');
}

/** Returns the time since a start: `+0.52 s`, `+12.4 s`, `+2 min 3 s`. */
export function sayOffset(offsetMs: number): string {
  const sign = offsetMs < 0 ? '−' : '+';
  const sizeMs = Math.abs(offsetMs);
  if (sizeMs < 10_000) return `${sign}${(sizeMs / 1000).toFixed(2)} s`;
  return sizeMs < MINUTE_MS ? `${sign}${(sizeMs / 1000).toFixed(1)} s` : `${sign}${sayDuration(sizeMs)}`;
}

/** Returns "1 poll" or "3 polls". */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function inParts(durationMs: number, bigMs: number, big: string, smallMs: number, small: string): string {
  const whole = Math.round(durationMs / smallMs);
  const perBig = bigMs / smallMs;
  const rest = whole % perBig;
  return `${Math.floor(whole / perBig)} ${big}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
