/** A run of bytes of one file that was served. */
export interface ServedPart {
  /** Offset of the first byte in the file. */
  readonly start: number;
  /** Number of bytes that went out. */
  readonly length: number;
}

/**
 * How many times every byte of a file was served, however it was cut into requests: 0 while a byte is missing, 1 for
 * one download in ranges, 2 for a second full download.
 */
export function timesServed(parts: readonly ServedPart[], fileSize: number): number {
  if (fileSize <= 0) return 0;
  const edges = parts
    .filter(({ length }) => length > 0)
    .flatMap(({ start, length }): [at: number, step: number][] => [
      [start, 1],
      [Math.min(fileSize, start + length), -1],
    ])
    .sort(([a], [b]) => a - b);
  let depth = 0;
  let least = Number.POSITIVE_INFINITY;
  let reached = 0;
  for (const [at, step] of edges) {
    if (at > reached) least = Math.min(least, depth);
    reached = at;
    depth += step;
  }
  return reached < fileSize || edges.length === 0 ? 0 : least;
}
