import type { Pack } from '../../mock-server/index.ts';
import { describeCase } from '../case-definition.ts';
import { type CaseReport, type Status, type Verdict, worstOf } from '../report.ts';
import { type ClientCase, expectedBy, type Finding, notApplicable } from './client-case.ts';
import type { Evidence } from './evidence.ts';
import { timelineOf } from './timeline.ts';

/** The runs of one stimulus, or one vendor's part of a journal. */
export interface StimulusRuns {
  /** Name of the verdict when the case has several. */
  readonly aspect: string;
  readonly stimulus: string;
  /** The run and its repetitions, or the reason why it was skipped. */
  readonly runs: readonly Evidence[] | string;
  readonly durationMs: number;
}

/** Judges one case by all of its runs. */
export function reportCase(one: ClientCase, parts: readonly StimulusRuns[], replay: string): CaseReport {
  const judged = parts.map((part) => ({ part, ...judgePart(one, part) }));
  const status = worstOf(judged.map(({ finding }) => finding.verdict.status));
  // A stimulus that does not apply is shown only when no other does.
  const applicable = judged.filter(({ finding }) => finding.verdict.status !== 'not-applicable');
  const shown = shorten(applicable.length > 0 ? applicable : judged.slice(0, 1));
  const worst = shown.find(({ finding }) => finding.verdict.status === status) ?? shown[0];
  const verdicts = shown.map(({ part, finding, evidence }): [string, Verdict] => [
    shown.length === 1 ? 'behaviour' : part.aspect,
    verdictOf(one, finding, evidence),
  ]);
  return {
    ...describeCase(one, packsOf(parts)),
    status: worstStatus(verdicts, status),
    verdicts: Object.fromEntries(verdicts),
    stimulus: worst?.part.stimulus ?? '',
    timeline: worst?.evidence == null ? [] : timelineOf(worst.evidence, worst.finding.violations),
    replay,
    durationMs: Math.max(0, ...parts.map(({ durationMs }) => durationMs)),
  };
}

/** Adds the expectation, in the order in which reports print the fields. */
function verdictOf(one: ClientCase, { verdict }: Finding, evidence: Evidence | null): Verdict {
  const { status, ...rest } = verdict;
  return { status, expected: expectedBy(one, evidence?.pack ?? null), ...rest };
}

/** Returns the packs that were called, without duplicates. */
function packsOf(parts: readonly StimulusRuns[]): Pack[] {
  return [
    ...new Set(parts.flatMap(({ runs }) => (typeof runs === 'string' ? [] : runs.map(({ pack }) => pack)))),
  ];
}

interface JudgedRuns extends JudgedPart {
  readonly part: StimulusRuns;
}

/** Number of verdicts above which only the first of those that passed is shown. */
const MAX_SHOWN = 3;

function shorten(judged: readonly JudgedRuns[]): readonly JudgedRuns[] {
  if (judged.length <= MAX_SHOWN) return judged;
  const good = judged.filter(({ finding }) => finding.verdict.status === 'passed');
  return judged.filter((one) => !good.includes(one) || one === good[0]);
}

function worstStatus(verdicts: readonly (readonly [string, Verdict])[], fallback: Status): Status {
  return verdicts.length === 0 ? fallback : worstOf(verdicts.map(([, { status }]) => status));
}

interface JudgedPart {
  readonly finding: Finding;
  readonly evidence: Evidence | null;
}

function judgePart(one: ClientCase, { runs }: StimulusRuns): JudgedPart {
  if (typeof runs === 'string') return { finding: notApplicable(runs), evidence: null };
  const last = runs.at(-1) ?? null;
  if (one.judgeRuns !== undefined) return { finding: one.judgeRuns(runs), evidence: last };
  const findings = runs.map((evidence) => one.judge(evidence));
  const finding = decide(findings);
  const decisive = findings.findLastIndex(({ verdict }) => verdict.actual === finding.verdict.actual);
  return { finding, evidence: runs[decisive] ?? last };
}

/** Judges a run and its repetitions: the case passes when one of them passes. */
export function findIn(one: ClientCase, runs: readonly Evidence[]): Finding {
  if (one.judgeRuns !== undefined) return one.judgeRuns(runs);
  return decide(runs.map((evidence) => one.judge(evidence)));
}

function decide(findings: readonly Finding[]): Finding {
  const acquittal = findings.find(({ verdict }) => verdict.status !== 'failed');
  const [first] = findings;
  if (first === undefined) return notApplicable('The client was not run for this case.');
  return first.verdict.status === 'failed' ? (acquittal ?? findings.at(-1) ?? first) : first;
}

/** Whether another run could turn this failure into a pass. */
export function needsAnotherRun(one: ClientCase, runs: readonly Evidence[]): boolean {
  const { verdict, isCertain } = findIn(one, runs);
  const maxRuns = one.mostRuns ?? (one.isTimed === true ? 2 : 1);
  return verdict.status === 'failed' && isCertain !== true && runs.length < maxRuns;
}
