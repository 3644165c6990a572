import type { PackedEntry } from './journal-entry.ts';

/** Returns whether an entry has the type of a filter and is about its task. */
export function matchesFilter(
  record: PackedEntry,
  { type, taskId }: Pick<JournalFilter, 'type' | 'taskId'>,
): boolean {
  if (type !== undefined && record.type !== type) return false;
  return taskId === undefined || ('taskId' in record && record.taskId === taskId);
}

/** Selects entries of the journal. All conditions must match. */
export interface JournalFilter {
  /** Only entries of this type, such as `attempt.ended`. */
  readonly type?: string;
  /** Only entries about this task. */
  readonly taskId?: string;
  /** Only entries after the one with this `seq`. */
  readonly since?: number;
  /** Only entries up to and including this `seq`. */
  readonly upTo?: number;
}
