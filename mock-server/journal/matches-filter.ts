import type { JournalFilter } from './journal.ts';
import type { JournalRecord } from './journal-record.ts';

/** Returns whether an entry has the type of a filter and is about its task. */
export function matchesFilter(
  record: JournalRecord,
  { type, taskId }: Pick<JournalFilter, 'type' | 'taskId'>,
): boolean {
  if (type !== undefined && record.type !== type) return false;
  return taskId === undefined || ('taskId' in record && record.taskId === taskId);
}
