import type { JournalFilter } from './journal.ts';
import type { PackedEntry } from './journal-entry.ts';

/** Returns whether an entry has the type of a filter and is about its task. */
export function matchesFilter(
  record: PackedEntry,
  { type, taskId }: Pick<JournalFilter, 'type' | 'taskId'>,
): boolean {
  if (type !== undefined && record.type !== type) return false;
  return taskId === undefined || ('taskId' in record && record.taskId === taskId);
}
