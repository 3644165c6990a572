import { type ServedPart, timesServed } from '../contract-tests/coverage.ts';
import type { JournalEntry } from '../mock-server/index.ts';
import type { WatchedServer } from './watched-server.ts';

export interface DownloadWait {
  readonly taskId: string;
  /** The files of the task that its callback contains. */
  readonly files: readonly string[];
  /** The time without activity after which the wait ends. */
  readonly lingerMs: number;
  readonly server: WatchedServer;
  readonly entries: () => readonly JournalEntry[];
}

/** The interval at which activity is checked. */
const LOOK_MS = 50;
/** How long to wait for repeated downloads after the receiver has every file: they would be a defect worth printing. */
const QUIET_MS = 500;

/**
 * Waits until the receiver has every file and makes no more requests, or until there were neither requests nor
 * downloaded bytes for `lingerMs`.
 * @returns the files that were not downloaded completely
 */
export async function downloadsEnded(wait: DownloadWait): Promise<readonly string[]> {
  const { taskId, lingerMs, server } = wait;
  let last = '';
  let movedAt = performance.now();
  for (;;) {
    const { inFlight, requests, bytes } = server.traffic(taskId);
    const now = `${inFlight} ${requests} ${bytes}`;
    if (now !== last) movedAt = performance.now();
    last = now;
    const missing = missingFiles(wait);
    const isComplete = missing.length === 0 && inFlight === 0;
    const patienceMs = isComplete ? Math.min(QUIET_MS, lingerMs) : lingerMs;
    if (performance.now() - movedAt >= patienceMs) return missing;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Returns the files that were not sent completely. */
function missingFiles({ taskId, files, entries }: DownloadWait): string[] {
  const parts = new Map<string, { readonly served: ServedPart[]; size: number }>();
  for (const entry of entries()) {
    if (entry.type !== 'media.served' || entry.taskId !== taskId || entry.method !== 'GET') continue;
    const known = parts.get(entry.name) ?? { served: [], size: 0 };
    known.served.push({ start: entry.start, length: entry.bytesSent });
    known.size = Math.max(known.size, entry.fileSize);
    parts.set(entry.name, known);
  }
  return files.filter((name) => {
    const own = parts.get(name);
    return own === undefined || timesServed(own.served, own.size) === 0;
  });
}

/** Returns the names of the task's files in a callback. */
export function filesIn(body: string, taskId: string): readonly string[] {
  const pattern = new RegExp(
    `/__media/${encodeURIComponent(taskId).replace(/[^\w-]/g, '\\$&')}/([\\w.%-]+)`,
    'g',
  );
  return [...new Set([...body.matchAll(pattern)].map(([, name = '']) => name))];
}
