import { visible } from '../mock-server/pages/visible.ts';
import type { Activity } from './activity.ts';
import { caseOutcome } from './case-outcome.ts';
import { type CaseReport, type SuiteReport, summarize } from './report.ts';
import { createProgress, type Progress, type ProgressClock } from './reporters/progress.ts';
import { sayConclusion, sayCounts, sayDuration } from './reporters/wording.ts';

/** Captured before any test can replace them. */
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

/** Output of a contract in a test file, in addition to the results of its tests. */
export interface ContractRun {
  /** Prints a line. */
  say(text: string): void;
  /** Records what the judge is doing. */
  onActivity(activity: Activity): void;
  started(id: string): void;
  finished(report: CaseReport): void;
  /** Explains a delay by the current activity. */
  explainDelay(what: string, limitMs: number): string;
  /** Ends the progress lines and summarizes the skipped tests. */
  end(): void;
}

/**
 * Opens the output of a contract.
 * @param write prints a text (default: to standard error)
 */
export function openContractRun(
  name: string,
  options: {
    readonly total: number;
    readonly strict: boolean;
    readonly write?: (text: string) => void;
  },
): ContractRun {
  const { total, strict, write = (text) => void process.stderr.write(text) } = options;
  // The run begins with its first hook, long after the tests were registered.
  let created: Progress | null = null;
  const progress = (): Progress => {
    created ??= createProgress({
      stream: { write },
      isTTY: false,
      total,
      showsResults: false,
      clock: REAL_CLOCK,
    });
    return created;
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
      const doing = latest === null ? '' : ` The last activity was ${latest.doing}.`;
      return `${what} did not finish within ${sayDuration(limitMs)}.${doing}`;
    },
    end() {
      created?.end();
      for (const line of sayOpenPoints(reports, strict)) write(`${visible(`${name}: ${line}`)}\n`);
    },
  };
}

/** Returns the ids of the skipped tests by reason; nothing when all passed. */
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
  return [`${sayCounts({ summary: summarize(reports) })}. Skipped tests to review: ${kinds.join('; ')}.`];
}

/** Returns the findings about the whole run as the text of an error, or null. */
export function explainRun(report: SuiteReport): string | null {
  const { headlines, inconclusive } = report;
  const lines = headlines.map(({ text, remedy }) => `${text}\n  How to fix: ${remedy}`);
  if (inconclusive !== null) {
    const { word, sentence } = sayConclusion(report, false);
    lines.push(`${word}. ${sentence}`);
  }
  return lines.length === 0 ? null : lines.join('\n');
}
