import type { Entry, EntryChecks } from '../admin-types.ts';

/** The journal entries of a task, and the checks of their messages. */
export interface Details {
  readonly entries: readonly Entry[];
  readonly checks: readonly EntryChecks[];
}
