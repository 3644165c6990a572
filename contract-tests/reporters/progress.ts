import type { Activity } from '../activity.ts';
import type { CaseReport } from '../report.ts';
import { visible, visibleLine } from './visible.ts';
import { SYMBOLS, sayDuration } from './wording.ts';

export interface ProgressOptions {
  readonly stream: { write(text: string): unknown; readonly columns?: number };
  readonly isTTY: boolean;
  /** How many cases there will be; null when that is unknown. */
  readonly total: number | null;
  /** Whether results are shown where lines cannot be rewritten (default: yes). */
  readonly showsResults?: boolean;
  /** Replaces the clock of the process, which tests may have faked (default: the clock of the process). */
  readonly clock?: ProgressClock;
}

export interface ProgressClock {
  now(): number;
  /** @returns stops it */
  every(intervalMs: number, step: () => void): () => void;
}

export interface Progress {
  /** Prints a line that stays. */
  say(text: string): void;
  started(id: string): void;
  activity(activity: Activity): void;
  finished(one: CaseReport): void;
  /** Removes the rewritten line and stops. */
  end(): void;
}

/** Moves to the first column and clears the line. */
const CLEAR_LINE = '\r\u001b[2K';
/** How often the line on a terminal is renewed, for its seconds. */
const TICK_MS = 1000;
/** How far apart the lines of a log are: it is neither silent for long nor flooded. */
const LOG_MS = 5000;

/** How far a run is: one line that is rewritten on a terminal, elsewhere a line every few seconds. */
export function createProgress(options: ProgressOptions): Progress {
  const { stream, isTTY, total, showsResults = true, clock = PROCESS_CLOCK } = options;
  const startedAt = clock.now();
  const state = createState(clock);
  let printedAt = startedAt;
  /** Results that no line of the log has shown yet. */
  let news: CaseReport[] = [];

  const position = (): string => {
    const most = total === null ? '' : `/${total}`;
    return `${String(state.done()).padStart(String(total ?? '').length)}${most}`;
  };

  function rewrite(): void {
    const trouble = state.failed() > 0 ? `  ${SYMBOLS.failed} ${state.failed()}` : '';
    const elapsed = saySeconds(clock.now() - startedAt);
    const line = `${position()}${trouble}  ${elapsed}  ${state.describe()}`;
    // A line that wraps cannot be taken back.
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
    news = [];
  }

  const stop = clock.every(TICK_MS, () => {
    if (isTTY) return rewrite();
    if (clock.now() - printedAt >= LOG_MS)
      log([...sayNews(news), state.describe()].filter((part) => part !== ''));
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
      if (showsResults) news.push(one);
    },
    end() {
      stop();
      if (isTTY) stream.write(CLEAR_LINE);
      else log(sayNews(news));
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

/** What is running, and what it waits for. */
function createState(clock: ProgressClock) {
  const running = new Set<string>();
  const activities = new Map<string | null, { readonly activity: Activity; readonly since: number }>();
  let done = 0;
  let failed = 0;
  return {
    done: () => done,
    failed: () => failed,
    start(id: string) {
      running.add(id);
      // What was done for all cases is over when one of them begins.
      activities.delete(null);
    },
    act(activity: Activity) {
      // The latest is last.
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
      const latest = [...activities.values()].at(-1);
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

/** As many results are named one by one; of more, only those that failed. */
const NAMED = 6;

function sayNews(news: readonly CaseReport[]): string[] {
  if (news.length <= NAMED) return news.map(({ id, status }) => `${SYMBOLS[status]} ${id}`);
  const statuses = [...new Set(news.map(({ status }) => status))];
  return statuses.map((status) => {
    const own = news.filter((one) => one.status === status);
    const what = status === 'failed' ? own.map(({ id }) => id).join(' ') : String(own.length);
    return `${SYMBOLS[status]} ${what}`;
  });
}

/** Some terminals report a width of 0. */
function columnsOf({ columns = 0 }: ProgressOptions['stream']): number {
  return columns > 0 ? columns : 80;
}

/** Whole seconds: more digits would only flicker. */
function saySeconds(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  return seconds === 0 ? '0 s' : sayDuration(seconds * 1000);
}
