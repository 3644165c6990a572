import type { Attempt, PlannedDelivery } from '../core/types.ts';
import type { JournalRecord } from './journal-record.ts';
import { isDownload, type StoredTask } from './stored-task.ts';

/** The size of a task with its entries in the store and the agenda. Measured on V8, rounded up. */
const TASK_BYTES = 200;
/** The sizes of its additional parts. */
const ATTEMPT_BYTES = 250;
const DELIVERY_BYTES = 250;
const FILE_BYTES = 100;

/** Returns the size of a task in bytes. */
export function bytesOf({ packed, progress, extra, downloads }: StoredTask): number {
  let bytes = TASK_BYTES + packed.bytes;
  for (const { attempts } of progress.values()) {
    for (const attempt of attempts) bytes += bytesOfAttempt(attempt);
  }
  for (const delivery of extra) bytes += bytesOfDelivery(delivery);
  for (const name of downloads.keys()) bytes += bytesOfFile(name);
  return bytes;
}

/** Returns the size that an entry adds to its task. */
export function bytesAdded({ downloads }: StoredTask, record: JournalRecord): number {
  if (record.type === 'attempt.ended') return bytesOfAttempt(record.attempt);
  if (record.type === 'delivery.promised') return bytesOfDelivery(record.delivery);
  const isNewFile = record.type === 'media.served' && isDownload(record) && !downloads.has(record.name);
  return isNewFile ? bytesOfFile(record.name) : 0;
}

function bytesOfAttempt({ answer, detail }: Attempt): number {
  return ATTEMPT_BYTES + 2 * answer.length + (detail?.length ?? 0);
}

function bytesOfDelivery({ url }: PlannedDelivery): number {
  return DELIVERY_BYTES + url.length;
}

function bytesOfFile(name: string): number {
  return FILE_BYTES + name.length;
}
