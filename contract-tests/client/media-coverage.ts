import { createCoverage } from '../coverage.ts';
import { mostOf } from './cached.ts';
import type { ClientDownload } from './evidence.ts';

/** Progress of downloading one file. */
export interface FileDownloads {
  readonly taskId: string;
  readonly name: string;
  /** Download that completed the file; null while bytes are missing. */
  readonly completedBy: ClientDownload | null;
  /** Number of bytes that were downloaded at least once. */
  readonly bytes: number;
  /** Size of the whole file; 0 when it was not requested. */
  readonly size: number;
  /** Downloads that together returned the whole file another time. */
  readonly again: readonly ClientDownload[];
}

/** Returns the progress by file of these tasks. A file in ranges counts like a file in one piece. */
export function filesOf(downloads: readonly ClientDownload[], taskIds: Iterable<string>): FileDownloads[] {
  const wanted = new Set(taskIds);
  const files = new Map<string, { taskId: string; name: string; downloads: ClientDownload[] }>();
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

function cover(downloads: readonly ClientDownload[]): Omit<FileDownloads, 'taskId' | 'name'> {
  const size = mostOf(downloads.map(({ entry }) => entry.fileSize));
  const coverage = createCoverage(size);
  const again: ClientDownload[] = [];
  let completedBy: ClientDownload | null = null;
  let since: ClientDownload[] = [];
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
