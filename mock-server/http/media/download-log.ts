import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TaskId } from '../../core/types.ts';
import type { Journal } from '../../journal/journal.ts';
import type { KeyPlace } from '../../packs/vendor-rules.ts';
import { keyAt } from '../key-at.ts';
import type { Serving } from './serving.ts';

/** The progress of one download, for its journal entry. */
export interface DownloadLog {
  readonly name: string;
  /** Notes the answer that is about to be sent. */
  expect(serving: Serving): void;
  /** Counts bytes that were sent. */
  sent(bytes: number): void;
}

interface Download {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Null when the task is unknown. */
  readonly taskId: TaskId | null;
  readonly name: string;
  /** Where the vendor of the task reads keys. */
  readonly keyPlaces?: readonly KeyPlace[];
}

/** Records a download in the journal when its connection closes, even if it was interrupted. */
export function openDownloadLog(
  journal: Pick<Journal, 'append'>,
  { request, response, taskId, name, keyPlaces = [] }: Download,
): DownloadLog {
  const startedAt = performance.now();
  let expected: Serving | null = null;
  let sent = 0;
  response.on('close', () => {
    const total = expected?.bytes.length ?? 0;
    const completed = response.writableFinished && sent >= total && request.method === 'GET';
    journal.append({
      type: 'media.served',
      taskId,
      name,
      method: request.method ?? '',
      range: request.headers.range ?? null,
      hasKey: hasKey(request, keyPlaces),
      status: response.headersSent ? response.statusCode : null,
      bytesSent: sent,
      bytesTotal: total,
      start: expected?.start ?? 0,
      fileSize: expected?.fileSize ?? 0,
      completed: completed && expected !== null && total > 0,
      whole: completed && expected?.whole === true,
      durationMs: Math.round(performance.now() - startedAt),
    });
  });
  return {
    name,
    expect(serving) {
      expected = serving;
    },
    sent(bytes) {
      sent += bytes;
    },
  };
}

function hasKey(request: IncomingMessage, places: readonly KeyPlace[]): boolean {
  return (
    request.headers.authorization !== undefined || places.some((place) => keyAt(request, place) !== null)
  );
}
