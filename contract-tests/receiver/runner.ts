import type { OnActivity } from '../activity.ts';
import { type CaseReport, worstOf } from '../report.ts';
import type { LagMeter } from './lag-meter.ts';
import type { ReceiverCase } from './receiver-case.ts';
import { type CaseResult, type CaseRunInputs, runCase } from './run-case.ts';
import { notObservable } from './verdicts.ts';

/** Runs cases, and repeats those whose failure this machine could have caused. */
export interface Runner {
  /** Runs a case alone, and repeats it if its failure is doubtful. */
  judge(one: ReceiverCase): Promise<CaseReport>;
  /** Runs a case once while others are running. */
  runOnce(one: ReceiverCase): Promise<CaseResult>;
}

/** Options of `createRunner`. */
export interface RunnerOptions extends CaseRunInputs {
  readonly lag: Pick<LagMeter, 'longestStallMs'>;
  readonly onActivity: OnActivity;
}

/** Maximum ratio of the ack timeout of a confirmation to `--ack-timeout`. */
const CONFIRM_FACTOR = 5;
/** Stall of this process that can make an event appear late or missing. */
const STALL_MS = 500;
/** Share of a timeout that a stall must take to have caused that timeout. */
const STALL_SHARE = 0.2;
/** Maximum number of repetitions while the machine stalls. */
const CONFIRMATIONS = 5;

/** Creates a runner for one receiver. */
export function createRunner(options: RunnerOptions): Runner {
  const { subject, lag, onActivity } = options;
  const ownTimeoutMs = subject.ackTimeoutMs;
  /** A receiver that exceeds `--ack-timeout` but not the timeout of the vendor is correct. */
  const confirmTimeoutMs = Math.max(
    ownTimeoutMs,
    Math.min(subject.event.delivery.ackTimeoutMs, CONFIRM_FACTOR * ownTimeoutMs),
  );

  async function confirm(one: ReceiverCase): Promise<CaseReport> {
    for (let n = 1; ; n++) {
      const sinceMs = performance.now();
      onActivity({ id: one.id, doing: 'confirming a failure alone', atMostMs: null });
      const again = await runCase(options, one, { ackTimeoutMs: confirmTimeoutMs, isAlone: true });
      const { report } = again;
      if (!again.isInDoubt || report.status !== 'failed') return report;
      const stallMs = Math.round(lag.longestStallMs(sinceMs));
      if (stallMs < stallThatCounts(again, confirmTimeoutMs)) return report;
      if (n === CONFIRMATIONS) return stalled(report, stallMs);
    }
  }

  return {
    async judge(one) {
      const sinceMs = performance.now();
      const first = await runCase(options, one, { ackTimeoutMs: ownTimeoutMs, isAlone: true });
      const isCutShort = first.timedOut && confirmTimeoutMs > ownTimeoutMs;
      const stallMs = lag.longestStallMs(sinceMs);
      const isSure = !isCutShort && stallMs < stallThatCounts(first, ownTimeoutMs);
      return first.isInDoubt && !isSure ? confirm(one) : first.report;
    },
    runOnce: (one) => runCase(options, one, { ackTimeoutMs: ownTimeoutMs, isAlone: false }),
  };
}

function stallThatCounts({ timedOut, leastStallMs }: CaseResult, timeoutMs: number): number {
  return Math.max(leastStallMs, timedOut ? STALL_SHARE * timeoutMs : STALL_MS);
}

/** Turns failures into "not observable" when this machine stalled for too long to attribute the delay. */
function stalled(report: CaseReport, stallMs: number): CaseReport {
  const verdicts = Object.fromEntries(
    Object.entries(report.verdicts).map(([name, verdict]) => [
      name,
      verdict.status === 'failed'
        ? notObservable(
            verdict.expected,
            `This machine stalled for ${stallMs} ms during the case. Run the case with less load.`,
          )
        : verdict,
    ]),
  );
  return { ...report, verdicts, status: worstOf(Object.values(verdicts).map(({ status }) => status)) };
}
