import { type ServedPart, timesServed } from '../contract-tests/coverage.ts';
import type { JournalEntry } from '../mock-server/index.ts';
import type { WatchedServer } from './watched-server.ts';

export interface DownloadWait {
  readonly taskId: string;
  /** Files of the task that its callback names. */
  readonly files: readonly string[];
  /** How long nothing may happen before the wait ends. */
  readonly lingerMs: number;
  readonly server: WatchedServer;
  readonly entries: () => readonly JournalEntry[];
}

/** How often it is looked whether anything moves. */
const LOOK_MS = 50;
/** How long a receiver has to begin the next download, once it has every file: a second one would be a defect to see. */
const QUIET_MS = 500;

/**
 * Resolves when the receiver has every file and asks for nothing any more, or when for `lingerMs` nothing was asked for
 * and no byte of a download went out.
 * @returns the files that were not fetched in full
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

/** Files of which bytes were never sent. */
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

/** The names of a task's files in a callback. */
export function filesIn(body: string, taskId: string): readonly string[] {
  const pattern = new RegExp(`/__media/${taskId.replace(/[^\w-]/g, '\\$&')}/([\\w.%-]+)`, 'g');
  return [...new Set([...body.matchAll(pattern)].map(([, name = '']) => name))];
}
