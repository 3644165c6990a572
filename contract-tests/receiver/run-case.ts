import { connect } from 'node:net';
import type { Passage } from '../../mock-server/index.ts';
import { describeCase, textFor } from '../case-definition.ts';
import { type CaseFacts, type CaseReport, type Headline, type Verdict, worstOf } from '../report.ts';
import type { LagMeter } from './lag-meter.ts';
import type { FirstContact } from './meet.ts';
import type { ReceiverCase } from './receiver-case.ts';
import type { ReceiverOptions } from './receiver-options.ts';
import type { CaseRun, OpenStage } from './stage.ts';
import type { Subject } from './subject.ts';
import { thrownEntries, withThrown } from './thrown.ts';
import { describe, holds, isInDoubt, leastStallOf, notObservable } from './verdicts.ts';

/** A case as it went while others ran. */
export interface FirstTry {
  readonly report: CaseReport;
  /** Whether load, or this machine, could have caused what went wrong. */
  readonly isInDoubt: boolean;
  /** Whether an attempt timed out. */
  readonly timedOut: boolean;
  /** A shorter stall of this machine cannot have caused all that failed. */
  readonly leastStallMs: number;
}

/** Runs cases, and notices what concerns all of them: a receiver that hangs, or is gone. */
export interface Runner {
  judge(one: ReceiverCase): Promise<CaseReport>;
  tryOnce(one: ReceiverCase): Promise<FirstTry>;
  readonly isOverloaded: boolean;
  readonly headlines: readonly Headline[];
  readonly inconclusive: string | null;
}

export interface RunnerOptions {
  readonly subject: Subject;
  readonly options: ReceiverOptions;
  readonly contact: FirstContact;
  readonly lag: LagMeter;
  readonly replay: (id: string) => string;
  readonly openStage: (one: ReceiverCase, run: CaseRun) => Promise<OpenStage>;
}

/** Good callbacks in a row without an answer after which a receiver hangs. */
const HANGS_AFTER = 2;
/** How much longer than `--ack-timeout` the vendor's own limit may be for a verdict to be confirmed with it. */
const CONFIRM_FACTOR = 5;
/** A stall of this process that can have made something seem late or missing. */
const STALL_MS = 500;
/** The part of a limit that a stall must have taken to have caused a timeout. */
const STALL_SHARE = 0.2;
/** How often a case is repeated while the machine stalls. */
const CONFIRMATIONS = 5;

export function createRunner({ subject, options, contact, lag, replay, openStage }: RunnerOptions): Runner {
  const headlines: Headline[] = [];
  const inFlight = new Set<string>();
  let stopped: string | null = contact.halt?.headline.text ?? null;
  let inconclusive: string | null = null;
  let timeoutsInRow = 0;
  let isOverloaded = false;

  /** @param isSerial whether nothing else is running that could make the receiver slow */
  function onPassage({ outcome }: Passage, isPlain: boolean, one: ReceiverCase, isSerial: boolean): void {
    if (!isPlain || one.last === true) return;
    timeoutsInRow = outcome === 'timeout' ? timeoutsInRow + 1 : 0;
    if (timeoutsInRow < HANGS_AFTER) return;
    isOverloaded = true;
    timeoutsInRow = 0;
    if (!isSerial || stopped !== null) return;
    stop(
      `The receiver stopped answering: ${HANGS_AFTER} good callbacks in a row timed out during ${one.id}.`,
      'Look at its log, and at the timeline of that case. The cases after it were not run.',
    );
  }

  function stop(text: string, remedy: string): void {
    stopped = text;
    headlines.push({ text, remedy });
  }

  async function run(one: ReceiverCase, ackTimeoutMs: number, isSerial: boolean): Promise<FirstTry> {
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
    const seen: Passage[] = [];
    const stage = await openStage(one, {
      ackTimeoutMs,
      onPassage: (passage, isPlain) => {
        seen.push(passage);
        onPassage(passage, isPlain, one, isSerial);
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

  /** The receiver does not listen any more: whose fault that is can be said where one case ran alone. */
  async function gone(
    one: ReceiverCase,
    verdicts: Record<string, Verdict>,
  ): Promise<Record<string, Verdict>> {
    const together = [...inFlight];
    if (stopped === null) {
      stop(
        `The receiver stopped listening during ${together.join(', ')}.`,
        'Look at its log. The cases after it were not run.',
      );
    }
    if (together.length === 1) return verdicts;
    inconclusive = `${stopped} Run again with --jobs 1 to see which case ends it.`;
    return notRun(one);
  }

  function notRun(one: ReceiverCase): Record<string, Verdict> {
    const { halt } = contact;
    if (halt?.isFault === true && one.id === carrierOf(halt.passage)) {
      const { ackStatus } = subject.event.delivery;
      const expected = `HTTP ${ackStatus} within ${subject.ackTimeoutMs} ms`;
      return { ack: holds(false, expected, describe(halt.passage)) };
    }
    return { ack: notObservable(textFor(one.requirement, subject.pack), `Not run: ${stopped}`) };
  }

  const ownTimeoutMs = subject.ackTimeoutMs;
  /** A receiver that is slower than `--ack-timeout`, and faster than the vendor asks, has done nothing wrong. */
  const confirmTimeoutMs = Math.max(
    ownTimeoutMs,
    Math.min(subject.event.delivery.ackTimeoutMs, CONFIRM_FACTOR * ownTimeoutMs),
  );

  async function confirm(one: ReceiverCase): Promise<CaseReport> {
    for (let n = 1; ; n++) {
      const sinceMs = performance.now();
      options.onActivity?.({ id: one.id, doing: 'confirming a failure, alone', atMostMs: null });
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
    tryOnce: (one) => run(one, ownTimeoutMs, false),
    get isOverloaded() {
      return isOverloaded;
    },
    headlines,
    get inconclusive() {
      return inconclusive;
    },
  };
}

/** Whether all that failed is in doubt. */
function doubtsIn(verdicts: Readonly<Record<string, Verdict>>): Pick<FirstTry, 'isInDoubt' | 'leastStallMs'> {
  const failed = Object.values(verdicts).filter(({ status }) => status === 'failed');
  return {
    isInDoubt: failed.length > 0 && failed.every(isInDoubt),
    leastStallMs: Math.max(0, ...failed.map(leastStallOf)),
  };
}

function stallThatCounts({ timedOut, leastStallMs }: FirstTry, timeoutMs: number): number {
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

/** The one case that carries the finding when good callbacks are not acknowledged. */
function carrierOf({ outcome }: Passage): string {
  return outcome === 'redirect' ? 'RCV-ACK-04' : 'RCV-ACK-01';
}

/** This machine stood still for so long that nobody can say whose delay it was. */
function stalled(report: CaseReport, stallMs: number): CaseReport {
  const verdicts = Object.fromEntries(
    Object.entries(report.verdicts).map(([name, verdict]) => [
      name,
      verdict.status === 'failed'
        ? notObservable(
            verdict.expected,
            `This machine stalled for ${stallMs} ms meanwhile: run it with less load.`,
          )
        : verdict,
    ]),
  );
  return { ...report, verdicts, status: worstOf(Object.values(verdicts).map(({ status }) => status)) };
}

function isBroken({ outcome }: Passage): boolean {
  return outcome === 'refused' || outcome === 'reset';
}

const LISTEN_TRIES = 10;
const LISTEN_EVERY_MS = 200;

/** Whether anybody listens there, or does again soon. */
async function isListening(url: string): Promise<boolean> {
  for (let n = 0; n < LISTEN_TRIES; n++) {
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
