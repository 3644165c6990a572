import type { JournalEntry } from '../mock-server/index.ts';
import { describeEntry, describePolls } from './describe-entry.ts';
import type { Printer } from './print.ts';

/** How long polls are counted before they are printed, when nothing else happens. */
const FOLD_MS = 5000;
/** More tasks than this in one interval are printed as one line. */
const TASKS_SHOWN = 20;

/** Prints the journal as it is written. */
export interface Follower {
  entry(entry: JournalEntry): void;
  /** Prints what has been counted. */
  end(): void;
}

/**
 * Prints one line for each entry, and one for all polls of a task since the last line: a client polls every second, and
 * a line for each would bury everything else.
 */
export function createFollower(printer: Printer): Follower {
  const polls = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let lastAt = '';

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (polls.size === 0) return;
    for (const text of describePolls(polls, TASKS_SHOWN, printer)) print(lastAt, text);
    polls.clear();
  }

  function print(wallAt: string, text: string): void {
    printer.line(`${wallAt.slice(11, 23)} ${text}`);
  }

  return {
    entry(entry) {
      printer.object(entry);
      if (printer.json) return;
      if (entry.type === 'request.answered' && entry.does === 'poll' && isOrdinary(entry)) {
        polls.set(entry.taskId ?? '', (polls.get(entry.taskId ?? '') ?? 0) + 1);
        lastAt = entry.wallAt;
        // Not a reason to keep a process alive that wants to end.
        timer ??= setTimeout(flush, FOLD_MS).unref();
        return;
      }
      const text = describeEntry(entry, printer);
      if (text === null) return;
      flush();
      print(entry.wallAt, text);
    },
    end: flush,
  };
}

/** Whether the poll was answered as usual; what went wrong is worth a line. */
function isOrdinary({ status, taskId }: { readonly status: number | null; readonly taskId: string | null }) {
  return taskId !== null && status !== null && status < 400;
}
