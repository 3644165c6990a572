const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Parses a duration such as `15s`, `1.5m`, `14d` or `1h30m` into milliseconds. @returns null if the text is not a duration */
export function parseDuration(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return null;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    totalMs += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return Math.round(totalMs);
}

/** Formats milliseconds in the shortest exact form: `90000` is `1m30s`. */
export function formatDuration(durationMs: number): string {
  let rest = Math.round(durationMs);
  if (rest < 1000) return `${rest}ms`;
  let text = '';
  for (const unit of ['d', 'h', 'm'] as const) {
    const size = UNIT_MS[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return rest > 0 ? `${text}${Number((rest / 1000).toFixed(3))}s` : text;
}
