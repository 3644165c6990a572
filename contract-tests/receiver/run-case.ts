import type { AttemptResult } from '../../mock-server/index.ts';
import { describeCase, textFor } from '../case-definition.ts';
import { type CaseFacts, type CaseReport, type Verdict, worstOf } from '../report.ts';
import { sayDuration } from '../reporters/wording.ts';
import type { CaseRun, OpenCaseContext } from './case-context.ts';
import type { Halt } from './first-answer.ts';
import type { HangWatch } from './hang-watch.ts';
import { isListening } from './is-listening.ts';
import { ackStatus } from './pack-figures.ts';
import type { ReceiverCase } from './receiver-case.ts';
import type { Subject } from './subject.ts';
import { thrownEntries, withThrown } from './thrown.ts';
import { answerVerdict, isInDoubt, leastStallOf, notObservable } from './verdicts.ts';

/** Result of one run of a case. */
export interface CaseResult {
  readonly report: CaseReport;
  /** Whether load or a stall of this machine could have caused the failure. */
  readonly isInDoubt: boolean;
  /** Whether an attempt timed out. */
  readonly timedOut: boolean;
  /** Shortest stall of this machine that could have caused all failures. */
  readonly leastStallMs: number;
}

/** What all runs of cases share. */
export interface CaseRunInputs {
  readonly subject: Subject;
  readonly watch: HangWatch;
  /** Reason why the cases cannot be judged; null if they can. */
  readonly halt: Halt | null;
  /** Returns the command that runs a case again. */
  readonly replay: (id: string) => string;
  readonly openContext: (one: ReceiverCase, run: CaseRun) => Promise<OpenCaseContext>;
  /** Returns the uncaught errors of the receiver during a case. */
  readonly errors: (caseId: string) => readonly string[];
}

/** How a case is run. */
export interface CaseRunMode {
  readonly ackTimeoutMs: number;
  /** Whether it runs alone, so that load cannot slow the receiver. */
  readonly isAlone: boolean;
}

/** Runs a case once, unless it does not apply or the receiver is gone. */
export async function runCase(
  inputs: CaseRunInputs,
  one: ReceiverCase,
  mode: CaseRunMode,
): Promise<CaseResult> {
  const { subject, watch } = inputs;
  const startedAt = performance.now();
  const facts = describeCase(one, [subject.pack]);
  const report = reporter(facts, inputs.replay(one.id), startedAt);
  const applies = one.applies?.(subject) ?? null;
  if (applies !== null) {
    const verdict: Verdict = { status: 'not-applicable', expected: facts.requirement, actual: applies };
    return { report: report('', { ack: verdict }, []), ...CERTAIN };
  }
  if (watch.stopped !== null) return { report: report('', notRun(inputs, one), []), ...CERTAIN };
  watch.started(one.id);
  const seen: AttemptResult[] = [];
  const context = await inputs.openContext(one, {
    ackTimeoutMs: mode.ackTimeoutMs,
    onAttempt: (attempt, isPlain) => {
      seen.push(attempt);
      if (isPlain && one.last !== true) watch.answered(attempt.outcome, one.id, mode.isAlone);
    },
  });
  try {
    const { stimulus, ack, effect } = await one.run(context);
    const verdicts = { ...(ack === undefined ? {} : { ack }), ...(effect === undefined ? {} : { effect }) };
    if (seen.some(isBroken) && !(await isListening(subject.url))) {
      const judged = watch.gone() ? verdicts : notRun(inputs, one);
      return { report: report(stimulus, judged, context.timeline), ...CERTAIN };
    }
    const thrown = inputs.errors(one.id);
    const thrownAt = Math.round(performance.now() - startedAt);
    const timeline = [...context.timeline, ...thrownEntries(thrown, thrownAt)];
    const withErrors = withThrown(verdicts, thrown);
    const timedOut = seen.some(({ outcome }) => outcome === 'timeout');
    return { report: report(stimulus, withErrors, timeline), timedOut, ...doubtsIn(withErrors) };
  } finally {
    watch.ended(one.id);
    context.close();
  }
}

/** Returns the verdict of a case that was not run; one case reports why. */
function notRun({ halt, subject, watch }: CaseRunInputs, one: ReceiverCase): Record<string, Verdict> {
  if (halt?.isFault === true && one.id === carrierOf(halt.attempt)) {
    const expected = `${ackStatus(subject.event)} within ${sayDuration(subject.ackTimeoutMs)}`;
    return { ack: answerVerdict('failed', expected, halt.attempt) };
  }
  return { ack: notObservable(textFor(one.requirement, subject.pack), `Not run: ${watch.stopped}`) };
}

/** Returns the id of the case that reports valid callbacks without an acknowledgement. */
function carrierOf({ outcome }: AttemptResult): string {
  return outcome === 'redirect' ? 'RCV-ACK-04' : 'RCV-ACK-01';
}

/** Whether all failures are doubtful. */
function doubtsIn(
  verdicts: Readonly<Record<string, Verdict>>,
): Pick<CaseResult, 'isInDoubt' | 'leastStallMs'> {
  const failed = Object.values(verdicts).filter(({ status }) => status === 'failed');
  return {
    isInDoubt: failed.length > 0 && failed.every(isInDoubt),
    leastStallMs: Math.max(0, ...failed.map(leastStallOf)),
  };
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

function isBroken({ outcome }: AttemptResult): boolean {
  return outcome === 'refused' || outcome === 'reset';
}
