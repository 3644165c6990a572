/** A range of bytes of one file that was served. */
export interface ServedPart {
  /** Offset of the first byte in the file. */
  readonly start: number;
  /** Number of bytes sent. */
  readonly length: number;
}

/** Follows the requests for one file, in the order in which they ended. */
export interface Coverage {
  /**
   * Adds one more part.
   * @returns whether this part completes the file once more
   */
  add(part: ServedPart): boolean;
  /** Number of times the whole file was served: 1 for one download in ranges, 2 for a second full one. */
  readonly times: number;
  /** Number of distinct bytes served since the file was last complete. */
  readonly bytes: number;
}

interface Run {
  readonly start: number;
  readonly end: number;
}

/**
 * Starts to follow one file.
 * @param fileSize size in bytes; a file of 0 bytes is never complete
 */
export function createCoverage(fileSize: number): Coverage {
  let runs: Run[] = [];
  let times = 0;
  return {
    add({ start, length }) {
      if (length <= 0) return false;
      runs = joined([...runs, { start, end: Math.min(fileSize, start + length) }]);
      const isComplete = fileSize > 0 && runs[0]?.start === 0 && runs[0].end >= fileSize;
      if (!isComplete) return false;
      runs = [];
      times += 1;
      return true;
    },
    get times() {
      return times;
    },
    get bytes() {
      return runs.reduce((sum, { start, end }) => sum + end - start, 0);
    },
  };
}

/** Returns how many times a file was served, regardless of the number of requests. */
export function timesServed(parts: readonly ServedPart[], fileSize: number): number {
  const coverage = createCoverage(fileSize);
  for (const part of parts) coverage.add(part);
  return coverage.times;
}

function joined(runs: readonly Run[]): Run[] {
  const result: Run[] = [];
  for (const run of runs.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || run.start > last.end) result.push(run);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, run.end) };
  }
  return result;
}
