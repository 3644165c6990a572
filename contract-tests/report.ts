/** Result of a suite for one target; every reporter prints this and nothing else. */
export interface SuiteReport {
  readonly suite: 'receiver' | 'client';
  /** Version of this package. */
  readonly version: string;
  /** What was judged: a URL or a command. */
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
  /** Settings that verdicts depend on, as text for people: `ackTimeout: 1s`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly cases: readonly CaseReport[];
  readonly summary: Summary;
  /** Remarks that are not verdicts. */
  readonly notes: readonly string[];
  /** Findings about the whole run, to be read before any case. */
  readonly headlines: readonly Headline[];
  /** Reason why the whole run proves nothing; usually null. */
  readonly inconclusive: string | null;
}

/** A finding about the whole run. */
export interface Headline {
  readonly text: string;
  readonly remedy: string;
}

export type Level = 'must' | 'should' | 'info';

/**
 * `non-strict`: legal, but not what the vendor asks for. `not-observable`: the run could not have shown that the
 * requirement is broken. `not-applicable`: a precondition is missing. The last two never count as passed or failed.
 */
export type Status = 'passed' | 'failed' | 'non-strict' | 'not-observable' | 'not-applicable';

export interface Verdict {
  readonly status: Status;
  readonly expected: string;
  /** What happened; for a missing channel or precondition, the way to provide it. */
  readonly actual: string;
  /** Level, if it differs from that of the case. */
  readonly level?: Level;
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

/** What is known of a case before it is run. */
export interface CaseFacts {
  /** Stable forever, like `RCV-ACK-01`. */
  readonly id: string;
  /** Heading of its group, like `Acknowledgement`. */
  readonly group: string;
  readonly title: string;
  readonly level: Level;
  /** What must be true, in our own words. */
  readonly requirement: string;
  /** What breaks in production when it does not. */
  readonly why: string;
  /** How to fix it. */
  readonly remedy: string;
  /** Where the fix of a wrong answer differs from that of a wrong effect. */
  readonly remedies?: { readonly ack: string; readonly effect: string };
  readonly sources: readonly Source[];
}

export interface CaseReport extends CaseFacts {
  /** Worst of its verdicts. */
  readonly status: Status;
  /** By aspect: `ack` and `effect` of a receiver, `behaviour` of a client. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** What was sent or done, as one sentence. */
  readonly stimulus: string;
  readonly timeline: readonly TimelineEntry[];
  /** Command that runs only this case. */
  readonly replay: string;
  readonly durationMs: number;
}

/** Something that happened while the case ran. */
export interface TimelineEntry {
  /** Milliseconds since the case began. */
  readonly atMs: number;
  /** How long it took; 0 for a moment. */
  readonly durationMs: number;
  /** `attempt`: a POST of ours. `download`: of our media. `call`: of our API. `probe`: our question. `note`. */
  readonly kind: 'attempt' | 'download' | 'call' | 'probe' | 'note';
  readonly text: string;
  readonly isBad: boolean;
  /** What came back to an attempt that did not go well: status and start of the body. */
  readonly answer?: string;
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly nonStrict: number;
  readonly notObservable: number;
  readonly notApplicable: number;
  /** Cases of which at least one aspect passed or failed. */
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

type Judged = Pick<CaseReport, 'status' | 'level' | 'verdicts'>;

export function summarise(cases: readonly Judged[]): Summary {
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

/** The strongest word that a case broke; null when it broke none. */
export function brokenLevel({ level, verdicts }: Judged): Level | null {
  const broken = Object.values(verdicts)
    .filter(({ status }) => status === 'failed')
    .map((verdict) => verdict.level ?? level);
  return (['must', 'should', 'info'] as const).find((word) => broken.includes(word)) ?? null;
}

function isJudged({ verdicts }: Judged): boolean {
  return Object.values(verdicts).some(({ status }) => ['passed', 'failed', 'non-strict'].includes(status));
}

/** `passed`, or the reason why not: a requirement was broken, the run proves nothing, or no case was judged. */
export type Conclusion = 'passed' | 'must-failed' | 'should-failed' | 'inconclusive' | 'nothing-judged';

/**
 * Summarizes a report in one word; each conclusion has an exit code of `verify`.
 * @param strict whether a broken SHOULD and a non-strict verdict count
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
