import type { JournalEntry, MockServer } from '../../mock-server/index.ts';
import { timesServed } from '../coverage.ts';

/** A request for a media file. */
export interface Download {
  readonly name: string;
  readonly method: string;
  readonly status: number | null;
  /** Offset of the first byte that was sent. */
  readonly start: number;
  readonly bytes: number;
  readonly fileSize: number;
  /** Start time in milliseconds of `performance.now()`. */
  readonly beganAtMs: number;
  readonly durationMs: number;
}

/** A call to the poll operation. */
export interface PollCall {
  readonly taskId: string;
  readonly text: string;
}

/** Requests of the system under test to the mock: downloads and polls, by task. */
export interface Observations {
  downloads(taskId: string): readonly Download[];
  /** Number of calls to the poll operation about this task. */
  polls(taskId: string): number;
  /** Whether any media file was ever downloaded, completely or in part. */
  readonly sawDownloads: boolean;
  /** Whether any request for media was seen, HEAD included. */
  readonly sawMediaRequests: boolean;
  readonly sawPolls: boolean;
  /** Time of the last observation in milliseconds of `performance.now()`; 0 before the first one. */
  readonly lastAtMs: number;
  /** Calls `look` on each observation. @returns a function that ends the subscription */
  subscribe(look: (seen: Download | PollCall, taskId: string) => void): () => void;
  /** Resolves with the condition as soon as it is true, or after `withinMs`. It is evaluated on each observation. */
  until(condition: () => boolean, withinMs: number): Promise<boolean>;
  /** Observes another mock as well. */
  add(mock: MockServer): void;
  close(): void;
}

export function observe(mock: MockServer): Observations {
  const downloads = new Map<string, Download[]>();
  const polls = new Map<string, number>();
  const watchers = new Set<(seen: Download | PollCall, taskId: string) => void>();
  let sawDownloads = false;
  let sawMediaRequests = false;
  let lastAtMs = 0;

  function take(entry: JournalEntry): void {
    if (entry.type === 'media.served' && entry.taskId !== null) {
      const { name, method, status, start, bytesSent, fileSize, durationMs } = entry;
      const beganAtMs = performance.now() - durationMs;
      const one = { name, method, status, start, bytes: bytesSent, fileSize, beganAtMs, durationMs };
      const known = downloads.get(entry.taskId) ?? [];
      known.push(one);
      downloads.set(entry.taskId, known);
      sawMediaRequests = true;
      sawDownloads ||= method === 'GET';
      notify(one, entry.taskId);
    }
    if (entry.type === 'request.answered' && entry.does === 'poll') {
      const taskId = entry.taskId ?? '';
      polls.set(taskId, (polls.get(taskId) ?? 0) + 1);
      notify({ taskId, text: `${entry.method} ${entry.url} → HTTP ${entry.status}` }, taskId);
    }
  }

  function notify(seen: Download | PollCall, taskId: string): void {
    lastAtMs = performance.now();
    for (const look of watchers) look(seen, taskId);
  }

  const subscriptions = [mock.journal.subscribe(take)];

  return {
    downloads: (taskId) => downloads.get(taskId) ?? [],
    polls: (taskId) => polls.get(taskId) ?? 0,
    get sawDownloads() {
      return sawDownloads;
    },
    get sawMediaRequests() {
      return sawMediaRequests;
    },
    get sawPolls() {
      return polls.size > 0;
    },
    get lastAtMs() {
      return lastAtMs;
    },
    subscribe(look) {
      watchers.add(look);
      return () => watchers.delete(look);
    },
    until(condition, withinMs) {
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          watchers.delete(look);
          resolve(condition());
        };
        const look = (): void => {
          if (condition()) end();
        };
        const timer = setTimeout(end, withinMs);
        watchers.add(look);
        look();
      });
    },
    add(other) {
      subscriptions.push(other.journal.subscribe(take));
    },
    close() {
      for (const end of subscriptions) end();
    },
  };
}

/** Counts the complete downloads of each file of a task, by name; ranges of one download count together. */
export function timesByFile(downloads: readonly Download[]): ReadonlyMap<string, number> {
  const byName = new Map<string, Download[]>();
  for (const one of downloads) {
    if (one.method !== 'GET') continue;
    const parts = byName.get(one.name) ?? [];
    parts.push(one);
    byName.set(one.name, parts);
  }
  return new Map([...byName].map(([name, parts]) => [name, timesOf(parts)]));
}

function timesOf(parts: readonly Download[]): number {
  const fileSize = Math.max(...parts.map((part) => part.fileSize));
  return timesServed(
    parts.map(({ start, bytes }) => ({ start, length: bytes })),
    fileSize,
  );
}

/** Returns the names of the files that were downloaded completely at least once. */
export function filesFetched(downloads: readonly Download[]): string[] {
  return [...timesByFile(downloads)].filter(([, times]) => times > 0).map(([name]) => name);
}

/** Counts the HEAD requests for each file, by name. */
function headsByFile(downloads: readonly Download[]): ReadonlyMap<string, number> {
  const byName = new Map<string, number>();
  for (const { name, method } of downloads) {
    if (method === 'HEAD') byName.set(name, (byName.get(name) ?? 0) + 1);
  }
  return byName;
}

/** Counts how often a receiver did its work for each file of a task: complete downloads, or HEAD requests if it makes only those. */
export function worksByFile(downloads: readonly Download[], onlyHeads: boolean): ReadonlyMap<string, number> {
  return onlyHeads ? headsByFile(downloads) : timesByFile(downloads);
}
