import type { CaseDefinition } from '../case-definition.ts';
import type { Verdict } from '../report.ts';
import type { Evidence } from './evidence.ts';
import type { StimulusName } from './stimuli.ts';

/** What a rule makes of the evidence. */
export interface Finding {
  readonly verdict: Verdict;
  /** The numbers of the journal entries that broke it. */
  readonly culprits: readonly number[];
  /** Another run would not change it, although it measures time. */
  readonly isCertain?: true;
}

/** One rule for clients. Its id never changes and is never used again. */
export interface ClientCase extends CaseDefinition {
  /** The runs it is judged by. */
  readonly stimuli: readonly StimulusName[];
  /** Whether it measures waits: a machine that stalls lengthens them, so what it finds broken must be seen twice. */
  readonly isTimed?: true;
  /** How many runs may be played before it counts as broken; two when it measures waits. */
  readonly mostRuns?: number;
  /** A pure function: the same journal gives the same verdict. */
  judge(evidence: Evidence): Finding;
  /** The same of several runs together; without it, the last one decides. */
  judgeRuns?(runs: readonly Evidence[]): Finding;
}

export function kept(expected: string, actual: string): Finding {
  return { verdict: { status: 'passed', expected, actual }, culprits: [] };
}

export function broken(
  expected: string,
  actual: string,
  culprits: readonly { readonly seq: number }[] = [],
): Finding {
  return { verdict: { status: 'failed', expected, actual }, culprits: culprits.map(({ seq }) => seq) };
}

/** It need not be seen a second time. */
export function certainly(finding: Finding): Finding {
  return { ...finding, isCertain: true };
}

/** The precondition is missing. */
export function doesNotApply(expected: string, because: string): Finding {
  return { verdict: { status: 'not-applicable', expected, actual: because }, culprits: [] };
}

/** The channel is missing. @param how to provide it */
export function cannotBeSeen(expected: string, how: string): Finding {
  return { verdict: { status: 'not-observable', expected, actual: how }, culprits: [] };
}
