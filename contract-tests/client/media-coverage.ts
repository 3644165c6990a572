import type { Download } from './evidence.ts';

/** What downloads brought of one file. */
export interface Coverage {
  readonly taskId: string;
  readonly name: string;
  /** The download that made the file complete; null while bytes are missing. */
  readonly completedBy: Download | null;
  /** How many bytes came at least once. */
  readonly bytes: number;
  /** Null when no download showed where the file ends. */
  readonly size: number | null;
  /** Downloads that together brought the whole file another time. */
  readonly again: readonly Download[];
}

interface Part {
  readonly start: number;
  readonly end: number;
}

/** By file of these tasks; a file that came in ranges counts as much as one that came in one piece. */
export function coverageOf(downloads: readonly Download[], taskIds: readonly string[]): Coverage[] {
  const files = new Map<string, { taskId: string; name: string; downloads: Download[] }>();
  for (const download of downloads) {
    const { taskId, name } = download.entry;
    if (taskId === null || !taskIds.includes(taskId)) continue;
    const file = files.get(`${taskId} ${name}`) ?? { taskId, name, downloads: [] };
    file.downloads.push(download);
    files.set(`${taskId} ${name}`, file);
  }
  return [...files.values()].map((file) => ({
    taskId: file.taskId,
    name: file.name,
    ...cover(file.downloads),
  }));
}

function cover(downloads: readonly Download[]): Omit<Coverage, 'taskId' | 'name'> {
  const size = sizeOf(downloads);
  const again: Download[] = [];
  let completedBy: Download | null = null;
  let parts: Part[] = [];
  let since: Download[] = [];
  let bytes = 0;
  for (const download of downloads) {
    const part = partOf(download);
    if (part === null) continue;
    parts = merged([...parts, part]);
    since.push(download);
    if (completedBy === null) bytes = parts.reduce((sum, { start, end }) => sum + end - start, 0);
    if (size === null || parts[0]?.start !== 0 || parts[0].end < size) continue;
    if (completedBy === null) completedBy = download;
    else again.push(...since);
    parts = [];
    since = [];
  }
  return { completedBy, bytes, size, again };
}

/** Which bytes went out; null when none did. */
function partOf({ entry }: Download): Part | null {
  const { method, status, start, bytesSent } = entry;
  if (method !== 'GET' || bytesSent === 0 || (status !== 200 && status !== 206)) return null;
  return { start, end: start + bytesSent };
}

/** Null when no download showed where the file ends. */
function sizeOf(downloads: readonly Download[]): number | null {
  for (const { entry } of downloads) {
    const end = entry.start + entry.bytesTotal;
    if (entry.status === 200 && entry.bytesTotal > 0) return end;
    const [, to] = /^bytes=\s*\d*-(\d*)/.exec(entry.range ?? '') ?? [];
    if (entry.status !== 206 || to === undefined) continue;
    // A range without an end, and one of the last bytes, go to that of the file; one beyond it is cut there.
    if (to === '' || end <= Number(to) || entry.range?.startsWith('bytes=-') === true) return end;
  }
  return null;
}

function merged(parts: readonly Part[]): Part[] {
  const sorted = parts.toSorted((a, b) => a.start - b.start);
  const [first, ...rest] = sorted;
  if (first === undefined) return [];
  const joined = [first];
  for (const part of rest) {
    const last = joined.at(-1) ?? first;
    if (part.start > last.end) joined.push(part);
    else joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, part.end) };
  }
  return joined;
}
