import type { JournalEntry } from '../mock-server/index.ts';
import { describeEntry, describePolls } from './describe-entry.ts';
import type { Printer } from './print.ts';

/** How long polls are counted before they are printed, if no other entry follows. */
const FOLD_MS = 5000;
/** The polls of more tasks than this in one interval are printed as one line. */
const TASKS_SHOWN = 20;

/** Prints journal entries as they are written. */
export interface Follower {
  entry(entry: JournalEntry): void;
  /** Prints the polls counted so far. */
  end(): void;
}

/**
 * Creates a follower that prints one line per entry, but only one line for all polls of a task since the last line,
 * because a client that polls every second would hide all other entries.
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
        // The timer must not keep the process alive.
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

/** Returns whether the poll succeeded. Failed polls get their own line. */
function isOrdinary({ status, taskId }: { readonly status: number | null; readonly taskId: string | null }) {
  return taskId !== null && status !== null && status < 400;
}
