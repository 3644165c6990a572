import { connect } from 'node:net';
import type { AttemptResult } from '../../mock-server/index.ts';
import { describeCase, textFor } from '../case-definition.ts';
import { type CaseFacts, type CaseReport, type Headline, type Verdict, worstOf } from '../report.ts';
import type { LagMeter } from './lag-meter.ts';
import type { FirstContact } from './meet.ts';
import type { ReceiverCase } from './receiver-case.ts';
import type { ReceiverOptions } from './receiver-options.ts';
import type { CaseRun, OpenStage } from './stage.ts';
import type { Subject } from './subject.ts';
import { thrownEntries, withThrown } from './thrown.ts';
import { describe, isInDoubt, leastStallOf, notObservable, passedIf } from './verdicts.ts';

/** Result of a case that ran while others were running. */
export interface FirstRun {
  readonly report: CaseReport;
  /** Whether load or a stall of this machine could have caused the failure. */
  readonly isInDoubt: boolean;
  /** Whether an attempt timed out. */
  readonly timedOut: boolean;
  /** Shortest stall of this machine that could have caused all failures. */
  readonly leastStallMs: number;
}

/** Runs cases, and detects a receiver that hangs or has stopped listening. */
export interface Runner {
  /** Runs a case alone, and repeats it if its failure is doubtful. */
  judge(one: ReceiverCase): Promise<CaseReport>;
  /** Runs a case once while others are running. */
  runOnce(one: ReceiverCase): Promise<FirstRun>;
  /** Whether several consecutive callbacks timed out. */
  readonly isOverloaded: boolean;
  /** Findings about the whole run. */
  readonly headlines: readonly Headline[];
  /** Reason why the run is inconclusive; null if it is not. */
  readonly inconclusive: string | null;
}

/** Options of `createRunner`. */
export interface RunnerOptions {
  readonly subject: Subject;
  readonly options: ReceiverOptions;
  readonly contact: FirstContact;
  readonly lag: LagMeter;
  readonly replay: (id: string) => string;
  readonly openStage: (one: ReceiverCase, run: CaseRun) => Promise<OpenStage>;
}

/** Number of consecutive timeouts of valid callbacks after which a receiver counts as hanging. */
const HANGS_AFTER = 2;
/** Maximum ratio of the ack timeout of a confirmation to `--ack-timeout`. */
const CONFIRM_FACTOR = 5;
/** Stall of this process that can make an event appear late or missing. */
const STALL_MS = 500;
/** Share of a timeout that a stall must take to have caused that timeout. */
const STALL_SHARE = 0.2;
/** Maximum number of repetitions while the machine stalls. */
const CONFIRMATIONS = 5;

/** Creates a runner for one receiver. */
export function createRunner({ subject, options, contact, lag, replay, openStage }: RunnerOptions): Runner {
  const headlines: Headline[] = [];
  const inFlight = new Set<string>();
  let stopped: string | null = contact.halt?.headline.text ?? null;
  let inconclusive: string | null = null;
  let timeoutsInRow = 0;
  let isOverloaded = false;

  /** Counts consecutive timeouts. @param isSerial whether the case runs alone, so that load cannot slow the receiver */
  function onAttempt(
    { outcome }: AttemptResult,
    isPlain: boolean,
    one: ReceiverCase,
    isSerial: boolean,
  ): void {
    if (!isPlain || one.last === true) return;
    timeoutsInRow = outcome === 'timeout' ? timeoutsInRow + 1 : 0;
    if (timeoutsInRow < HANGS_AFTER) return;
    isOverloaded = true;
    timeoutsInRow = 0;
    if (!isSerial || stopped !== null) return;
    stop(
      `The receiver stopped answering: ${HANGS_AFTER} consecutive valid callbacks timed out during ${one.id}.`,
      'Check the log of the receiver and the timeline of that case. Later cases were not run.',
    );
  }

  function stop(text: string, remedy: string): void {
    stopped = text;
    headlines.push({ text, remedy });
  }

  async function run(one: ReceiverCase, ackTimeoutMs: number, isSerial: boolean): Promise<FirstRun> {
    const applies = one.applies?.(subject) ?? null;
    const startedAt = performance.now();
    const facts = describeCase(one, [subject.pack]);
    const report = reporter(facts, replay(one.id), startedAt);
    if (applies !== null) {
      const verdict: Verdict = { status: 'not-applicable', expected: facts.requirement, actual: applies };
      return { report: report('', { ack: verdict }, []), ...CERTAIN };
    }
    if (stopped !== null) return { report: report('', notRun(one), []), ...CERTAIN };
    inFlight.add(one.id);
    const seen: AttemptResult[] = [];
    const stage = await openStage(one, {
      ackTimeoutMs,
      onAttempt: (attempt, isPlain) => {
        seen.push(attempt);
        onAttempt(attempt, isPlain, one, isSerial);
      },
    });
    try {
      const { stimulus, ack, effect } = await one.run(stage);
      const verdicts = { ...(ack === undefined ? {} : { ack }), ...(effect === undefined ? {} : { effect }) };
      if (seen.some(isBroken) && !(await isListening(subject.url))) {
        return { report: report(stimulus, await gone(one, verdicts), stage.timeline), ...CERTAIN };
      }
      const thrown = options.errors?.(one.id) ?? [];
      const thrownAt = Math.round(performance.now() - startedAt);
      const timeline = [...stage.timeline, ...thrownEntries(thrown, thrownAt)];
      const withErrors = withThrown(verdicts, thrown);
      const timedOut = seen.some(({ outcome }) => outcome === 'timeout');
      return { report: report(stimulus, withErrors, timeline), timedOut, ...doubtsIn(withErrors) };
    } finally {
      inFlight.delete(one.id);
      stage.close();
    }
  }

  /** Handles a receiver that has stopped listening; the cause is known only if one case was running. */
  async function gone(
    one: ReceiverCase,
    verdicts: Record<string, Verdict>,
  ): Promise<Record<string, Verdict>> {
    const together = [...inFlight];
    if (stopped === null) {
      stop(
        `The receiver stopped listening during ${together.join(', ')}.`,
        'Check the log of the receiver. Later cases were not run.',
      );
    }
    if (together.length === 1) return verdicts;
    inconclusive = `${stopped} Run again with --jobs 1 to find the case that stops it.`;
    return notRun(one);
  }

  function notRun(one: ReceiverCase): Record<string, Verdict> {
    const { halt } = contact;
    if (halt?.isFault === true && one.id === carrierOf(halt.attempt)) {
      const { ackStatus } = subject.event.delivery;
      const expected = `HTTP ${ackStatus} within ${subject.ackTimeoutMs} ms`;
      return { ack: passedIf(false, expected, describe(halt.attempt)) };
    }
    return { ack: notObservable(textFor(one.requirement, subject.pack), `Not run: ${stopped}`) };
  }

  const ownTimeoutMs = subject.ackTimeoutMs;
  /** A receiver that exceeds `--ack-timeout` but not the timeout of the vendor is correct. */
  const confirmTimeoutMs = Math.max(
    ownTimeoutMs,
    Math.min(subject.event.delivery.ackTimeoutMs, CONFIRM_FACTOR * ownTimeoutMs),
  );

  async function confirm(one: ReceiverCase): Promise<CaseReport> {
    for (let n = 1; ; n++) {
      const sinceMs = performance.now();
      options.onActivity?.({ id: one.id, doing: 'confirming a failure alone', atMostMs: null });
      const again = await run(one, confirmTimeoutMs, true);
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
      const first = await run(one, ownTimeoutMs, true);
      const isCutShort = first.timedOut && confirmTimeoutMs > ownTimeoutMs;
      const stallMs = lag.longestStallMs(sinceMs);
      const isSure = !isCutShort && stallMs < stallThatCounts(first, ownTimeoutMs);
      return first.isInDoubt && !isSure ? confirm(one) : first.report;
    },
    runOnce: (one) => run(one, ownTimeoutMs, false),
    get isOverloaded() {
      return isOverloaded;
    },
    headlines,
    get inconclusive() {
      return inconclusive;
    },
  };
}

/** Whether all failures are doubtful. */
function doubtsIn(verdicts: Readonly<Record<string, Verdict>>): Pick<FirstRun, 'isInDoubt' | 'leastStallMs'> {
  const failed = Object.values(verdicts).filter(({ status }) => status === 'failed');
  return {
    isInDoubt: failed.length > 0 && failed.every(isInDoubt),
    leastStallMs: Math.max(0, ...failed.map(leastStallOf)),
  };
}

function stallThatCounts({ timedOut, leastStallMs }: FirstRun, timeoutMs: number): number {
  return Math.max(leastStallMs, timedOut ? STALL_SHARE * timeoutMs : STALL_MS);
}

const CERTAIN = { isInDoubt: false, timedOut: false, leastStallMs: 0 } as const;

type Finish = (
  stimulus: string,
  verdicts: Record<string, Verdict>,
  timeline: CaseReport['timeline'],
) => CaseReport;

function reporter(facts: CaseFacts, replay: string, startedAt: number): Finish {
  return (stimulus, verdicts, timeline) => ({
    ...facts,
    status: worstOf(Object.values(verdicts).map(({ status }) => status)),
    verdicts,
    stimulus,
    timeline: [...timeline].sort((a, b) => a.atMs - b.atMs),
    replay,
    durationMs: Math.round(performance.now() - startedAt),
  });
}

/** Returns the id of the case that reports valid callbacks without an acknowledgement. */
function carrierOf({ outcome }: AttemptResult): string {
  return outcome === 'redirect' ? 'RCV-ACK-04' : 'RCV-ACK-01';
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

function isBroken({ outcome }: AttemptResult): boolean {
  return outcome === 'refused' || outcome === 'reset';
}

const LISTEN_ATTEMPTS = 10;
const LISTEN_EVERY_MS = 200;

/** Whether the receiver listens, or does so again within a short time. */
async function isListening(url: string): Promise<boolean> {
  for (let n = 0; n < LISTEN_ATTEMPTS; n++) {
    if (await canConnect(url)) return true;
    await new Promise((resolve) => setTimeout(resolve, LISTEN_EVERY_MS));
  }
  return false;
}

function canConnect(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const to = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
  };
  return new Promise((resolve) => {
    const socket = connect(to, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
