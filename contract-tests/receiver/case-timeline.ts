import type { AttemptResult } from '../../mock-server/index.ts';
import type { TimelineEntry } from '../report.ts';
import type { Download } from './observations.ts';
import { answerIn } from './receivers-answer.ts';

/** An entry that ends now. */
export type EndedEntry = Omit<TimelineEntry, 'atMs' | 'durationMs'> & { readonly durationMs?: number };

/** Records what happens during a case, in milliseconds since its start. */
export interface CaseTimeline {
  readonly entries: readonly TimelineEntry[];
  record(entry: EndedEntry): void;
  attempt(text: string, attempt: AttemptResult, isBad: boolean): void;
  /** @param times number of times that the file has been downloaded in full */
  download(download: Download, times: number): void;
  note(text: string, durationMs?: number): void;
}

/** Starts the timeline of one run of a case. */
export function createCaseTimeline(): CaseTimeline {
  const startedAt = performance.now();
  const entries: TimelineEntry[] = [];

  function record({ durationMs = 0, ...rest }: EndedEntry): void {
    const atMs = Math.round(performance.now() - startedAt - durationMs);
    entries.push({ atMs, durationMs: Math.round(durationMs), ...rest });
  }

  return {
    entries,
    record,
    attempt(text, attempt, isBad) {
      const { status, outcome, durationMs } = attempt;
      const result = status === null ? outcome : `HTTP ${status}`;
      record({ kind: 'attempt', text: `${text} → ${result}`, durationMs, isBad, ...answerIn(attempt) });
    },
    download(download, times) {
      const { method, durationMs } = download;
      const isRepeated = times > 1 && method === 'GET';
      const again = isRepeated ? ` (${times} times in full)` : '';
      record({ kind: 'download', text: `${sayDownload(download)}${again}`, durationMs, isBad: isRepeated });
    },
    note: (text, durationMs = 0) => record({ kind: 'note', text, durationMs, isBad: false }),
  };
}

function sayDownload({ name, method, status, bytes, fileSize, start }: Download): string {
  const isPart = fileSize > 0 && bytes < fileSize && method === 'GET';
  const part = isPart ? `, bytes ${start}-${start + Math.max(0, bytes - 1)} of ${fileSize}` : '';
  return `${method} ${name} → ${status === null ? 'no answer' : `HTTP ${status}`}${part}`;
}
