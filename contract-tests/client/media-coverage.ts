import { createCoverage } from '../coverage.ts';
import type { Download } from './evidence.ts';
import { mostOf } from './once-per.ts';

/** What downloads brought of one file. */
export interface FileDownloads {
  readonly taskId: string;
  readonly name: string;
  /** The download that made the file complete; null while bytes are missing. */
  readonly completedBy: Download | null;
  /** How many bytes came at least once. */
  readonly bytes: number;
  /** Of the whole file; 0 when it was never served. */
  readonly size: number;
  /** Downloads that together brought the whole file another time. */
  readonly again: readonly Download[];
}

/** By file of these tasks; a file that came in ranges counts as much as one that came in one piece. */
export function filesOf(downloads: readonly Download[], taskIds: Iterable<string>): FileDownloads[] {
  const wanted = new Set(taskIds);
  const files = new Map<string, { taskId: string; name: string; downloads: Download[] }>();
  for (const download of downloads) {
    const { taskId, name } = download.entry;
    if (taskId === null || !wanted.has(taskId)) continue;
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

function cover(downloads: readonly Download[]): Omit<FileDownloads, 'taskId' | 'name'> {
  const size = mostOf(downloads.map(({ entry }) => entry.fileSize));
  const coverage = createCoverage(size);
  const again: Download[] = [];
  let completedBy: Download | null = null;
  let since: Download[] = [];
  for (const download of downloads) {
    const { method, start, bytesSent } = download.entry;
    if (method !== 'GET' || bytesSent === 0) continue;
    since.push(download);
    if (!coverage.add({ start, length: bytesSent })) continue;
    if (completedBy === null) completedBy = download;
    else for (const one of since) again.push(one);
    since = [];
  }
  return { completedBy, bytes: completedBy === null ? coverage.bytes : size, size, again };
}
