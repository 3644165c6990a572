import type { Activity } from './activity.ts';
import { caseOutcome } from './case-outcome.ts';
import { type CaseReport, type SuiteReport, summarise } from './report.ts';
import { createProgress, type Progress, type ProgressClock } from './reporters/progress.ts';
import { visible } from './reporters/visible.ts';
import { sayConclusion, sayCounts, sayDuration } from './reporters/wording.ts';

/** Taken before any test can fake them. */
const { setInterval, clearInterval } = globalThis;
const now = performance.now.bind(performance);
const REAL_CLOCK: ProgressClock = {
  now,
  every(intervalMs, step) {
    const timer = setInterval(step, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** What a contract in a test file tells its reader besides the results of its tests. */
export interface ContractRun {
  /** Prints a line. */
  say(text: string): void;
  /** What the judge is doing. */
  onActivity(activity: Activity): void;
  started(id: string): void;
  finished(report: CaseReport): void;
  /** Why something took too long: what was waited for. */
  explainDelay(what: string, limitMs: number): string;
  /** Ends the progress lines, and prints what the skipped tests mean. */
  end(): void;
}

/** @param write prints a text; standard error when left out */
export function openContractRun(
  name: string,
  options: {
    readonly total: number;
    readonly strict: boolean;
    readonly write?: (text: string) => void;
  },
): ContractRun {
  const { total, strict, write = (text) => void process.stderr.write(text) } = options;
  // The run begins when its first hook does, long after the tests were registered.
  let made: Progress | null = null;
  const progress = (): Progress => {
    made ??= createProgress({
      stream: { write },
      isTTY: false,
      total,
      showsResults: false,
      clock: REAL_CLOCK,
    });
    return made;
  };
  const reports: CaseReport[] = [];
  let latest: Activity | null = null;
  return {
    say: (text) => progress().say(`${name}: ${text}`),
    onActivity(activity) {
      latest = activity;
      progress().activity(activity);
    },
    started: (id) => progress().started(id),
    finished(report) {
      reports.push(report);
      progress().finished(report);
    },
    explainDelay(what, limitMs) {
      const doing = latest === null ? '' : ` The judge was ${latest.doing}.`;
      return `${what} was not finished within ${sayDuration(limitMs)}.${doing}`;
    },
    end() {
      made?.end();
      for (const line of sayOpenPoints(reports, strict)) write(`${visible(`${name}: ${line}`)}\n`);
    },
  };
}

/** The ids behind the skipped tests, by what they mean; nothing when all passed. */
function sayOpenPoints(reports: readonly CaseReport[], strict: boolean): string[] {
  const idsByKind = new Map<string, string[]>();
  for (const report of reports) {
    const outcome = caseOutcome(report, strict);
    const [kind = ''] = outcome.type === 'skipped' ? outcome.reason.split(':') : [];
    if (kind === '' || kind === 'not applicable') continue;
    idsByKind.set(kind, [...(idsByKind.get(kind) ?? []), report.id]);
  }
  if (idsByKind.size === 0) return [];
  const kinds = [...idsByKind].map(([kind, ids]) => `${kind}: ${ids.join(', ')}`);
  return [`${sayCounts({ summary: summarise(reports) })}. Skipped, but open: ${kinds.join('; ')}.`];
}

/** The findings about the whole run as the text of an error; null when there are none. */
export function explainRun(report: SuiteReport): string | null {
  const { headlines, inconclusive } = report;
  const lines = headlines.map(({ text, remedy }) => `${text}\n  How to fix: ${remedy}`);
  if (inconclusive !== null) {
    const { word, sentence } = sayConclusion(report, false);
    lines.push(`${word}: ${sentence}`);
  }
  return lines.length === 0 ? null : lines.join('\n');
}
