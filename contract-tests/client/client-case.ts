import type { Pack } from '../../mock-server/index.ts';
import type { CaseDefinition } from '../case-definition.ts';
import type { Verdict } from '../report.ts';
import type { Evidence } from './evidence.ts';
import type { StimulusName } from './stimuli.ts';

/** Result of judging a case by its evidence. */
export interface Finding {
  /** The verdict without the expectation, which the case states once for all its verdicts. */
  readonly verdict: Omit<Verdict, 'expected'>;
  /** Sequence numbers of the journal entries that broke the requirement. */
  readonly violations: readonly number[];
  /** Set when another run would not change the verdict, although the case measures time. */
  readonly isCertain?: true;
}

/** A requirement for clients. Its id never changes and is never reused. */
export interface ClientCase extends CaseDefinition {
  /** Expected behavior, with figures of the pack under test (default: the title). */
  readonly expected?: (pack: Pack) => string;
  /** Runs that the case is judged by. */
  readonly stimuli: readonly StimulusName[];
  /** Whether the case measures waits. A stalled machine lengthens them, so a failure must be seen twice. */
  readonly isTimed?: true;
  /** Maximum number of runs before the case counts as failed (default: 1, or 2 for a timed case). */
  readonly mostRuns?: number;
  /** Judges one run. A pure function: the same journal gives the same verdict. */
  judge(evidence: Evidence): Finding;
  /** Judges several runs together; without it, the case passes when one of them passes. */
  judgeRuns?(runs: readonly Evidence[]): Finding;
}

/**
 * Returns what a case expects, in lower case, as in "expected: the client polls again".
 * @param pack null where no single vendor is under test
 */
export function expectedBy({ expected, title }: ClientCase, pack: Pack | null): string {
  if (pack !== null && expected !== undefined) return expected(pack);
  return `${title.slice(0, 1).toLowerCase()}${title.slice(1)}`;
}

/** Returns a finding that the client met the requirement. */
export function passed(actual: string): Finding {
  return { verdict: { status: 'passed', actual }, violations: [] };
}

/** Returns a finding that the client broke the requirement. */
export function failed(actual: string, violations: readonly { readonly seq: number }[] = []): Finding {
  return { verdict: { status: 'failed', actual }, violations: violations.map(({ seq }) => seq) };
}

/** Returns the finding, marked as final: it need not be seen a second time. */
export function certain(finding: Finding): Finding {
  return { ...finding, isCertain: true };
}

/** Returns a finding that a precondition of the case is missing. */
export function notApplicable(because: string): Finding {
  return { verdict: { status: 'not-applicable', actual: because }, violations: [] };
}

/**
 * Returns a finding that the run cannot show whether the requirement is met.
 * @param remedy how to make it observable
 */
export function notObservable(remedy: string): Finding {
  return { verdict: { status: 'not-observable', actual: remedy }, violations: [] };
}
