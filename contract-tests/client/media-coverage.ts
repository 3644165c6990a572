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
    const part = partOf(download, size);
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
function partOf({ entry }: Download, size: number | null): Part | null {
  if (entry.method !== 'GET' || entry.bytesSent === 0 || (entry.status !== 200 && entry.status !== 206))
    return null;
  const start = startOf(entry, size);
  return start === null ? null : { start, end: start + entry.bytesSent };
}

/** Null for the last bytes of a file whose size is not known. */
function startOf({ status, range, bytesTotal }: Download['entry'], size: number | null): number | null {
  if (status !== 206 || range === null) return 0;
  const [, from] = /^bytes=\s*(\d+)-/.exec(range) ?? [];
  if (from !== undefined) return Number(from);
  return size === null ? null : size - bytesTotal;
}

function sizeOf(downloads: readonly Download[]): number | null {
  for (const { entry } of downloads) {
    if (entry.status === 200 && entry.bytesTotal > 0) return entry.bytesTotal;
    const [, from, to] = /^bytes=\s*(\d+)-(\d*)/.exec(entry.range ?? '') ?? [];
    if (entry.status !== 206 || from === undefined) continue;
    const end = Number(from) + entry.bytesTotal;
    // A range without an end goes to that of the file, and one beyond it is cut there.
    if (to === '' || end <= Number(to)) return end;
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
