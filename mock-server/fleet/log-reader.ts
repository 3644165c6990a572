import type { LoggedCommand } from './command-log.ts';
import { unreachable } from './store-errors.ts';

/** Applies the commands of a log one after the other. */
export interface LogReader {
  /** The place up to which this reader has applied everything. */
  readonly place: number;
  wake(): void;
  reach(place: number): Promise<void>;
  close(): void;
}

export interface LogReaderOptions {
  /** Runs the next step later. */
  readonly later: (run: () => void) => void;
  readonly read: () => LoggedCommand | null;
  readonly apply: (logged: LoggedCommand) => void;
  readonly place: number;
  /** The current end of the log. */
  readonly end: () => number;
}

export function createLogReader({ later, read, apply, place: start, end }: LogReaderOptions): LogReader {
  let place = start;
  let isAwake = false;
  let isClosed = false;
  let waiting: {
    readonly place: number;
    readonly done: () => void;
    readonly fail: (error: Error) => void;
  }[] = [];

  function step(): void {
    if (isClosed) return;
    const next = read();
    if (next !== null) {
      place = next.seq;
      apply(next);
    } else place = end();
    const reached = waiting.filter((one) => one.place <= place);
    waiting = waiting.filter((one) => one.place > place);
    for (const { done } of reached) done();
    if (next === null) isAwake = false;
    else later(step);
  }

  function wake(): void {
    if (isAwake || isClosed) return;
    isAwake = true;
    later(step);
  }

  return {
    get place() {
      return place;
    },
    wake,
    reach(wanted) {
      if (wanted <= place) return Promise.resolve();
      const reached = new Promise<void>((done, fail) => waiting.push({ place: wanted, done, fail }));
      wake();
      return reached;
    },
    close() {
      isClosed = true;
      for (const { fail } of waiting) fail(unreachable());
      waiting = [];
    },
  };
}
