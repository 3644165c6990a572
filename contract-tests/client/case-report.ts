import type { Pack } from '../../mock-server/index.ts';
import { describeCase, textFor } from '../case-definition.ts';
import { type CaseReport, type Status, type Verdict, worstOf } from '../report.ts';
import { type ClientCase, doesNotApply, type Finding } from './client-case.ts';
import type { Evidence } from './evidence.ts';
import { timelineOf } from './timeline.ts';

/** One run, or one vendor's part of a journal, as a rule sees it. */
export interface Hearing {
  /** How the verdict is called when there are several. */
  readonly aspect: string;
  readonly stimulus: string;
  /** The run, and its repetitions where it left doubts; or why there is none. */
  readonly runs: readonly Evidence[] | string;
  readonly durationMs: number;
}

/** Judges one case by all that was heard. */
export function reportCase(one: ClientCase, hearings: readonly Hearing[], replay: string): CaseReport {
  const judged = hearings.map((hearing) => ({ hearing, ...find(one, hearing) }));
  const status = worstOf(judged.map(({ finding }) => finding.verdict.status));
  // What did not apply in one run was seen in another.
  const telling = judged.filter(({ finding }) => finding.verdict.status !== 'not-applicable');
  const shown = shorten(telling.length > 0 ? telling : judged.slice(0, 1));
  const worst = shown.find(({ finding }) => finding.verdict.status === status) ?? shown[0];
  const verdicts = shown.map(({ hearing, finding }): [string, Verdict] => [
    shown.length === 1 ? 'behaviour' : hearing.aspect,
    finding.verdict,
  ]);
  return {
    ...describeCase(one, packsOf(hearings)),
    status: worstStatus(verdicts, status),
    verdicts: Object.fromEntries(verdicts),
    stimulus: worst?.hearing.stimulus ?? '',
    timeline: worst?.evidence == null ? [] : timelineOf(worst.evidence, worst.finding.culprits),
    replay,
    durationMs: Math.max(0, ...hearings.map(({ durationMs }) => durationMs)),
  };
}

/** The packs that were called, each once. */
function packsOf(hearings: readonly Hearing[]): Pack[] {
  return [
    ...new Set(
      hearings.flatMap(({ runs }) => (typeof runs === 'string' ? [] : runs.map(({ pack }) => pack))),
    ),
  ];
}

interface Judged extends Heard {
  readonly hearing: Hearing;
}

/** More verdicts than this, and those that passed are shown by the first of them. */
const MOST_SHOWN = 3;

function shorten(judged: readonly Judged[]): readonly Judged[] {
  if (judged.length <= MOST_SHOWN) return judged;
  const passed = judged.filter(({ finding }) => finding.verdict.status === 'passed');
  return judged.filter((one) => !passed.includes(one) || one === passed[0]);
}

function worstStatus(verdicts: readonly (readonly [string, Verdict])[], fallback: Status): Status {
  return verdicts.length === 0 ? fallback : worstOf(verdicts.map(([, { status }]) => status));
}

interface Heard {
  readonly finding: Finding;
  readonly evidence: Evidence | null;
}

function find(one: ClientCase, { runs }: Hearing): Heard {
  if (typeof runs === 'string')
    return { finding: doesNotApply(textFor(one.requirement, null), runs), evidence: null };
  const last = runs.at(-1) ?? null;
  if (one.judgeRuns !== undefined) return { finding: one.judgeRuns(runs), evidence: last };
  const findings = runs.map((evidence) => one.judge(evidence));
  const finding = decide(one, findings);
  const decisive = findings.findLastIndex(({ verdict }) => verdict.actual === finding.verdict.actual);
  return { finding, evidence: runs[decisive] ?? last };
}

/** What a rule makes of a run and its repetitions: the first in which it holds clears the client. */
export function findIn(one: ClientCase, runs: readonly Evidence[]): Finding {
  if (one.judgeRuns !== undefined) return one.judgeRuns(runs);
  return decide(
    one,
    runs.map((evidence) => one.judge(evidence)),
  );
}

function decide(one: ClientCase, findings: readonly Finding[]): Finding {
  const clear = findings.find(({ verdict }) => verdict.status !== 'failed');
  const [first] = findings;
  if (first === undefined) return doesNotApply(textFor(one.requirement, null), 'It was not run.');
  return first.verdict.status === 'failed' ? (clear ?? findings.at(-1) ?? first) : first;
}

/** Whether another run may clear the client of what was found in these. */
export function leavesDoubts(one: ClientCase, runs: readonly Evidence[]): boolean {
  const { verdict, isCertain } = findIn(one, runs);
  const most = one.mostRuns ?? (one.isTimed === true ? 2 : 1);
  return verdict.status === 'failed' && isCertain !== true && runs.length < most;
}
