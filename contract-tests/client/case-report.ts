import { type CaseReport, type Status, type Verdict, worstOf } from '../report.ts';
import { type ClientCase, doesNotApply, type Finding } from './client-case.ts';
import type { Evidence } from './evidence.ts';
import { timelineOf } from './timeline.ts';

/** One run, or one vendor's part of a journal, as a rule sees it. */
export interface Hearing {
  /** How the verdict is called when there are several. */
  readonly aspect: string;
  readonly stimulus: string;
  /** Or why there is none. */
  readonly evidence: Evidence | string;
  /** The same once more, where the first left doubts. */
  readonly second?: Evidence | null;
  readonly durationMs: number;
}

/** Judges one case by all that was heard. */
export function reportCase(one: ClientCase, hearings: readonly Hearing[], replay: string): CaseReport {
  const { stimuli: _stimuli, judge: _judge, isTimed: _isTimed, ...facts } = one;
  const judged = hearings.map((hearing) => ({ hearing, ...find(one, hearing) }));
  const status = worstOf(judged.map(({ finding }) => finding.verdict.status));
  // What did not apply in one run was seen in another.
  const telling = judged.filter(({ finding }) => finding.verdict.status !== 'not-applicable');
  const shown = telling.length > 0 ? telling : judged.slice(0, 1);
  const worst = shown.find(({ finding }) => finding.verdict.status === status) ?? shown[0];
  const verdicts = shown.map(({ hearing, finding }): [string, Verdict] => [
    shown.length === 1 ? 'behaviour' : hearing.aspect,
    finding.verdict,
  ]);
  return {
    ...facts,
    status: worstStatus(verdicts, status),
    verdicts: Object.fromEntries(verdicts),
    stimulus: worst?.hearing.stimulus ?? '',
    timeline:
      worst === undefined || typeof worst.evidence === 'string'
        ? []
        : timelineOf(worst.evidence, worst.finding.culprits),
    replay,
    durationMs: Math.max(0, ...hearings.map(({ durationMs }) => durationMs)),
  };
}

function worstStatus(verdicts: readonly (readonly [string, Verdict])[], fallback: Status): Status {
  return verdicts.length === 0 ? fallback : worstOf(verdicts.map(([, { status }]) => status));
}

interface Heard {
  readonly finding: Finding;
  readonly evidence: Evidence | string;
}

function find(one: ClientCase, { evidence, second }: Hearing): Heard {
  if (typeof evidence === 'string') return { finding: doesNotApply(one.requirement, evidence), evidence };
  const finding = one.judge(evidence);
  if (second == null || !leavesDoubts(one, finding)) return { finding, evidence };
  return { finding: one.judge(second), evidence: second };
}

/** Whether what was found may be the machine's fault. */
export function leavesDoubts({ isTimed }: ClientCase, { verdict }: Finding): boolean {
  return isTimed === true && verdict.status === 'failed';
}
