import type { Activity } from '../activity.ts';
import type { CaseReport } from '../report.ts';
import { visibleLine } from './visible.ts';
import { STATUS_WORDS, SYMBOLS, sayDuration } from './wording.ts';

export interface ProgressOptions {
  readonly stream: { write(text: string): unknown; readonly columns?: number };
  readonly isTTY: boolean;
  /** How many cases there will be; null when that is unknown. */
  readonly total: number | null;
  /** Whether each finished case gets a line where lines cannot be rewritten (default: yes). */
  readonly showsResults?: boolean;
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
/** How long a log may be silent. */
const SILENCE_MS = 5000;

/** How far a run is: one line that is rewritten on a terminal, elsewhere lines that never stop for long. */
export function createProgress({ stream, isTTY, total, showsResults = true }: ProgressOptions): Progress {
  const startedAt = performance.now();
  const state = createState();
  let printedAt = startedAt;

  const position = (): string => {
    const most = total === null ? '' : `/${total}`;
    return `${String(state.done()).padStart(String(total ?? '').length)}${most}`;
  };

  function rewrite(): void {
    const trouble = state.failed() > 0 ? `  ${SYMBOLS.failed} ${state.failed()}` : '';
    const elapsed = saySeconds(performance.now() - startedAt);
    const line = `${position()}${trouble}  ${elapsed}  ${state.describe()}`;
    // A line that wraps cannot be taken back.
    stream.write(`${CLEAR_LINE}${line.trimEnd().slice(0, (stream.columns ?? 80) - 1)}`);
  }

  function print(line: string): void {
    printedAt = performance.now();
    stream.write(isTTY ? `${CLEAR_LINE}${line}\n` : `${line}\n`);
  }

  const timer = setInterval(() => {
    if (isTTY) return rewrite();
    if (performance.now() - printedAt < SILENCE_MS || state.describe() === '') return;
    print(`${position()}  ${saySeconds(performance.now() - startedAt)}  ${state.describe()}`);
  }, TICK_MS);
  timer.unref();

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
      if (!showsResults) return;
      const { id, status, durationMs } = one;
      print(`${position()}  ${SYMBOLS[status]} ${id} ${STATUS_WORDS[status]}, ${sayDuration(durationMs)}`);
    },
    end() {
      clearInterval(timer);
      if (isTTY) stream.write(CLEAR_LINE);
    },
  };
}

/** What is running, and what it waits for. */
function createState() {
  const running = new Set<string>();
  const activities = new Map<string | null, { readonly activity: Activity; readonly since: number }>();
  let done = 0;
  let failed = 0;
  return {
    done: () => done,
    failed: () => failed,
    start: (id: string) => void running.add(id),
    act(activity: Activity) {
      // The latest is last.
      activities.delete(activity.id);
      activities.set(activity.id, { activity, since: performance.now() });
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
      const spent = performance.now() - latest.since;
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

/** Whole seconds: more digits would only flicker. */
function saySeconds(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  return seconds === 0 ? '0 s' : sayDuration(seconds * 1000);
}
