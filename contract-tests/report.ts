/** Result of a suite for one target; every reporter prints only this. */
export interface SuiteReport {
  readonly suite: 'receiver' | 'client';
  /** Version of this package. */
  readonly version: string;
  /** The receiver's URL or the client's command. */
  readonly target: string;
  readonly pack: string;
  readonly profile: string;
  /** Event that was sent; null for clients. */
  readonly event: string | null;
  readonly seed: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Whether each channel of observation, other than answers, was available. */
  readonly channels: Readonly<Record<string, boolean>>;
  /** Settings that verdicts depend on, as human-readable text: `ackTimeout: 1s`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly cases: readonly CaseReport[];
  readonly summary: Summary;
  /** Remarks that are not verdicts. */
  readonly notes: readonly string[];
  /** Findings about the whole run, to be read before any case. */
  readonly headlines: readonly Headline[];
  /** Reason why the whole run is inconclusive; usually null. */
  readonly inconclusive: string | null;
}

/** A finding about the whole run. */
export interface Headline {
  readonly text: string;
  readonly remedy: string;
}

export type Level = 'must' | 'should' | 'info';

/**
 * `non-strict`: allowed, but not what the vendor asks for. `not-observable`: the run could not have shown that the
 * requirement is not met. `not-applicable`: a precondition is missing. The last two never count as passed or failed.
 */
export type Status = 'passed' | 'failed' | 'non-strict' | 'not-observable' | 'not-applicable';

export interface Verdict {
  readonly status: Status;
  readonly expected: string;
  /** What happened; for a missing channel or precondition, the way to provide it. */
  readonly actual: string;
  /** Level, if it differs from that of the case. */
  readonly level?: Level;
  /** The answer of the receiver that the verdict is about, unless its status is 200: status and start of the body. */
  readonly answer?: string;
}

/** What a requirement rests on: a fact about a vendor, or a conclusion. */
export interface Source {
  /** Name of the pack; null for a conclusion that applies to all. */
  readonly pack: string | null;
  /** Title of the vendor's page; null where no page states it. */
  readonly page: string | null;
  /** Heading on that page. */
  readonly heading: string | null;
  /** `derived` for a conclusion; the others as in a pack. */
  readonly grade: 'documented' | 'observed' | 'assumed' | 'derived';
  /** The fact, or the reason, as a sentence. */
  readonly fact: string;
}

/** Facts about a case that are known before it runs. */
export interface CaseFacts {
  /** Never changes; for example `RCV-ACK-01`. */
  readonly id: string;
  /** Heading of its group, for example `Acknowledgement`. */
  readonly group: string;
  readonly title: string;
  readonly level: Level;
  /** What must be true, in our own words. */
  readonly requirement: string;
  /** What breaks in production when the requirement is not met. */
  readonly why: string;
  /** The fix. */
  readonly remedy: string;
  /** Set where a wrong answer and a wrong effect need different fixes. */
  readonly remedies?: { readonly ack: string; readonly effect: string };
  readonly sources: readonly Source[];
}

export interface CaseReport extends CaseFacts {
  /** The worst status of its verdicts. */
  readonly status: Status;
  /** By aspect: `ack` and `effect` of a receiver, `behaviour` of a client. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** The stimulus in one sentence. */
  readonly stimulus: string;
  readonly timeline: readonly TimelineEntry[];
  /** Command that runs only this case. */
  readonly replay: string;
  readonly durationMs: number;
}

/** An event during the run of a case. */
export interface TimelineEntry {
  /** Milliseconds since the case began. */
  readonly atMs: number;
  /** Duration; 0 for an instant. */
  readonly durationMs: number;
  /**
   * `attempt`: a POST by the judge. `download`: of media from the mock. `call`: of the mocked API. `probe`: a
   * question to the probe. `note`: a remark.
   */
  readonly kind: 'attempt' | 'download' | 'call' | 'probe' | 'note';
  readonly text: string;
  readonly isBad: boolean;
  /** What the receiver answered to an attempt that failed: status and start of the body. */
  readonly answer?: string;
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly nonStrict: number;
  readonly notObservable: number;
  readonly notApplicable: number;
  /** Number of cases with at least one aspect that passed, failed, or was non-strict. */
  readonly judged: number;
  readonly mustFailed: number;
  readonly shouldFailed: number;
}

/** From best to worst. */
const RANKING: readonly Status[] = ['not-applicable', 'passed', 'not-observable', 'non-strict', 'failed'];

export function worstOf(statuses: readonly Status[]): Status {
  const worst = Math.max(0, ...statuses.map((status) => RANKING.indexOf(status)));
  return RANKING[worst] ?? 'failed';
}

type JudgedCase = Pick<CaseReport, 'status' | 'level' | 'verdicts'>;

export function summarize(cases: readonly JudgedCase[]): Summary {
  const count = (status: Status): number => cases.filter((entry) => entry.status === status).length;
  const broken = (level: Level): number => cases.filter((entry) => brokenLevel(entry) === level).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    nonStrict: count('non-strict'),
    notObservable: count('not-observable'),
    notApplicable: count('not-applicable'),
    judged: cases.filter(isJudged).length,
    mustFailed: broken('must'),
    shouldFailed: broken('should'),
  };
}

/** Returns the strongest level that a case did not meet; null when it met all. */
export function brokenLevel({ level, verdicts }: JudgedCase): Level | null {
  const broken = Object.values(verdicts)
    .filter(({ status }) => status === 'failed')
    .map((verdict) => verdict.level ?? level);
  return (['must', 'should', 'info'] as const).find((word) => broken.includes(word)) ?? null;
}

function isJudged({ verdicts }: JudgedCase): boolean {
  return Object.values(verdicts).some(({ status }) => ['passed', 'failed', 'non-strict'].includes(status));
}

/** `passed`, or the reason why not: a requirement was not met, the run is inconclusive, or no case was judged. */
export type Conclusion = 'passed' | 'must-failed' | 'should-failed' | 'inconclusive' | 'nothing-judged';

/**
 * Summarizes a report in one word; each conclusion has an exit code of `verify`.
 * @param strict whether an unmet SHOULD or a non-strict verdict fails the run
 */
export function conclude(
  { summary, inconclusive }: Pick<SuiteReport, 'summary' | 'inconclusive'>,
  strict: boolean,
): Conclusion {
  if (summary.mustFailed > 0) return 'must-failed';
  if (inconclusive !== null) return 'inconclusive';
  if (strict && summary.shouldFailed + summary.nonStrict > 0) return 'should-failed';
  return summary.judged === 0 ? 'nothing-judged' : 'passed';
}
