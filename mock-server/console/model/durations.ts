/** Returns a duration for people, such as `4.2 s`, `41 s`, `3 min` or `14 d`. */
export function durationText(ms: number): string {
  const s = Math.abs(ms) / 1000;
  if (s < 1) return `${Math.round(s * 1000)} ms`;
  if (s < 9.95) return `${s.toFixed(1).replace('.0', '')} s`;
  if (s < 59.5) return `${Math.round(s)} s`;
  if (s < 2 * 3600) return minutesText(s);
  if (s < 48 * 3600) return `${(s / 3600).toFixed(1).replace('.0', '')} h`;
  return `${(s / 86_400).toFixed(1).replace('.0', '')} d`;
}

function minutesText(s: number): string {
  const rest = Math.round(s) % 60;
  const minutes = Math.floor(Math.round(s) / 60);
  return rest === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** Returns the elapsed part of a limit, such as `4.2 of 15 s`. */
export function elapsedText(ms: number, limitMs: number): string {
  const s = (Math.max(0, ms) / 1000).toFixed(1);
  return limitMs === 0 ? `${s} s` : `${s} of ${durationText(limitMs)}`;
}

/** Returns a local time of day with the name of its zone, because service time can differ from wall time. */
export function localTime(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { timeZoneName: 'short' });
}
