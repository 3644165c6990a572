import type { EntryChecks, JournalEntry } from '../admin-types.ts';

/** The journal entries of a task, and the checks of their messages. */
export interface Details {
  readonly entries: readonly JournalEntry[];
  readonly checks: readonly EntryChecks[];
}
