import { visible, visibleLine } from '../../mock-server/pages/visible.ts';
import type { Activity } from '../activity.ts';
import type { CaseReport } from '../report.ts';
import { SYMBOLS, sayDuration } from './wording.ts';

export interface ProgressOptions {
  readonly stream: { write(text: string): unknown; readonly columns?: number };
  readonly isTTY: boolean;
  /** Number of cases; null when unknown. */
  readonly total: number | null;
  /** Whether results are shown where lines cannot be rewritten (default: true). */
  readonly showsResults?: boolean;
  /** Clock to use instead of the process clock, which tests may have replaced (default: the process clock). */
  readonly clock?: ProgressClock;
}

export interface ProgressClock {
  now(): number;
  /** @returns a function that stops it */
  every(intervalMs: number, step: () => void): () => void;
}

export interface Progress {
  /** Prints a permanent line. */
  say(text: string): void;
  started(id: string): void;
  activity(activity: Activity): void;
  finished(one: CaseReport): void;
  /** Removes the rewritten line and stops. */
  end(): void;
}

/** Moves to the first column and clears the line. */
const CLEAR_LINE = '\r\u001b[2K';
/** Interval at which the line on a terminal is updated, for its seconds. */
const TICK_MS = 1000;
/** Interval between lines of a log, short enough to show activity and long enough not to flood it. */
const LOG_MS = 5000;

/** Shows the progress of a run: one rewritten line on a terminal, elsewhere a line every few seconds. */
export function createProgress(options: ProgressOptions): Progress {
  const { stream, isTTY, total, showsResults = true, clock = PROCESS_CLOCK } = options;
  const startedAt = clock.now();
  const state = createState(clock);
  let printedAt = startedAt;
  /** Results that the log has not shown yet. */
  let unshown: CaseReport[] = [];

  const position = (): string => {
    const most = total === null ? '' : `/${total}`;
    return `${String(state.done()).padStart(String(total ?? '').length)}${most}`;
  };

  function rewrite(): void {
    const failures = state.failed() > 0 ? `  ${SYMBOLS.failed} ${state.failed()}` : '';
    const elapsed = saySeconds(clock.now() - startedAt);
    const line = `${position()}${failures}  ${elapsed}  ${state.describe()}`;
    // A wrapped line cannot be erased.
    stream.write(
      `${CLEAR_LINE}${visible(line.trimEnd().replace(/[^\S ]+/g, ' ')).slice(0, columnsOf(stream) - 1)}`,
    );
  }

  function print(line: string): void {
    printedAt = clock.now();
    stream.write(isTTY ? `${CLEAR_LINE}${visible(line)}\n` : `${visible(line)}\n`);
  }

  function log(parts: readonly string[]): void {
    if (parts.length === 0) return;
    print([position(), saySeconds(clock.now() - startedAt), ...parts].join('  '));
    unshown = [];
  }

  const stop = clock.every(TICK_MS, () => {
    if (isTTY) return rewrite();
    if (clock.now() - printedAt >= LOG_MS)
      log([...sayResults(unshown), state.describe()].filter((part) => part !== ''));
  });

  return {
    say: print,
    started(id) {
      state.start(id);
      if (isTTY) rewrite();
    },
    activity(activity) {
      state.act(activity);
      if (isTTY) rewrite();
    },
    finished(one) {
      state.finish(one);
      if (isTTY) return rewrite();
      if (showsResults) unshown.push(one);
    },
    end() {
      stop();
      if (isTTY) stream.write(CLEAR_LINE);
      else log(sayResults(unshown));
    },
  };
}

const PROCESS_CLOCK: ProgressClock = {
  now: () => performance.now(),
  every(intervalMs, step) {
    const timer = setInterval(step, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** An activity and its start. */
interface Current {
  readonly activity: Activity;
  readonly since: number;
}

/** Tracks what is running and what it waits for. */
function createState(clock: ProgressClock) {
  const running = new Set<string>();
  const activities = new Map<string | null, Current>();
  let done = 0;
  let failed = 0;
  // An activity that has reached its limit has ended, although its case may do something else.
  const isCurrent = ({ activity: { atMostMs }, since }: Current): boolean =>
    atMostMs === null || clock.now() - since <= atMostMs;
  return {
    done: () => done,
    failed: () => failed,
    start(id: string) {
      // The first contact and other work before the first case is over once a case begins.
      for (const other of activities.keys())
        if (other === null || !running.has(other)) activities.delete(other);
      running.add(id);
    },
    act(activity: Activity) {
      // Keeps the latest activity last.
      activities.delete(activity.id);
      activities.set(activity.id, { activity, since: clock.now() });
    },
    finish({ id, status }: CaseReport) {
      running.delete(id);
      activities.delete(id);
      done += 1;
      if (status === 'failed') failed += 1;
    },
    describe(): string {
      const latest = [...activities.values()].findLast(isCurrent);
      if (latest === undefined) return [...running].join(' ');
      const { id, doing, atMostMs } = latest.activity;
      const others = [...running].filter((other) => other !== id);
      const spent = clock.now() - latest.since;
      const limit = atMostMs === null ? [] : [`at most ${sayDuration(atMostMs)}`];
      const since = spent < TICK_MS ? [] : [`${saySeconds(spent)} so far`];
      const bounds = [...limit, ...since].join(', ');
      return [
        id === null ? '' : `${id}: `,
        visibleLine(doing),
        bounds === '' ? '' : ` (${bounds})`,
        others.length === 0 ? '' : `; running: ${others.join(' ')}`,
      ].join('');
    },
  };
}

/** Up to this many results are named one by one; beyond that, only the failed ones. */
const NAMED = 6;

function sayResults(unshown: readonly CaseReport[]): string[] {
  if (unshown.length <= NAMED) return unshown.map(({ id, status }) => `${SYMBOLS[status]} ${id}`);
  const statuses = [...new Set(unshown.map(({ status }) => status))];
  return statuses.map((status) => {
    const own = unshown.filter((one) => one.status === status);
    const what = status === 'failed' ? own.map(({ id }) => id).join(' ') : String(own.length);
    return `${SYMBOLS[status]} ${what}`;
  });
}

/** Some terminals report a width of 0. */
function columnsOf({ columns = 0 }: ProgressOptions['stream']): number {
  return columns > 0 ? columns : 80;
}

/** Rounds to whole seconds, because more digits would only flicker. */
function saySeconds(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  return seconds === 0 ? '0 s' : sayDuration(seconds * 1000);
}
