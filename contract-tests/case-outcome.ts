import { brokenLevel, type CaseReport, type Status, type Verdict } from './report.ts';
import { formatDetails } from './reporters/case-details.ts';
import { LEVEL_WORDS, STATUS_WORDS } from './reporters/wording.ts';

/** What the test of a case does. A test that passes proves that everything about the case held. */
export type CaseOutcome =
  | { readonly type: 'passed' }
  | { readonly type: 'skipped'; readonly reason: string }
  | { readonly type: 'failed'; readonly message: string };

/** @param strict whether a broken SHOULD, a non-strict answer, and what could not be observed fail the test */
export function caseOutcome(report: CaseReport, strict: boolean): CaseOutcome {
  const broken = brokenLevel(report);
  if (broken === 'must' || (strict && broken === 'should')) return failed(report, '');
  if (broken !== null) {
    const weight = broken === 'should' ? 'SHOULD broken' : LEVEL_WORDS[broken];
    return skipped(`${weight}: ${sayVerdicts(report, 'failed')}`);
  }
  if (report.status === 'non-strict') {
    const reason = `not strict: ${sayVerdicts(report, 'non-strict')}`;
    return strict ? failed(report, reason) : skipped(reason);
  }
  if (has(report, 'not-observable')) {
    const reason = `not observable: ${sayVerdicts(report, 'not-observable')}${sayTheRest(report)}`;
    return strict ? failed(report, reason) : skipped(reason);
  }
  if (has(report, 'passed')) return { type: 'passed' };
  return skipped(`not applicable: ${sayVerdicts(report, 'not-applicable') || 'nothing was judged'}`);
}

function skipped(reason: string): CaseOutcome {
  return { type: 'skipped', reason: reason.replace(/\s+/g, ' ').trim() };
}

function failed(report: CaseReport, reason: string): CaseOutcome {
  const head = reason === '' ? report.requirement : reason;
  return { type: 'failed', message: [`${report.id}: ${head}`, '', ...formatDetails(report)].join('\n') };
}

function has({ verdicts }: CaseReport, status: Status): boolean {
  return Object.values(verdicts).some((verdict) => verdict.status === status);
}

function sayVerdicts({ verdicts }: CaseReport, status: Status): string {
  return Object.values(verdicts)
    .filter((verdict) => verdict.status === status)
    .map((verdict) => sayVerdict(verdict))
    .join(' | ');
}

function sayVerdict({ status, expected, actual }: Verdict): string {
  return status === 'failed' || status === 'non-strict' ? `expected ${expected}; actual: ${actual}` : actual;
}

/** ` (ack passed)`: what was judged of a case that was not judged in full. */
function sayTheRest({ verdicts }: CaseReport): string {
  const rest = Object.entries(verdicts).filter(([, { status }]) => status === 'passed');
  return rest.length === 0
    ? ''
    : ` (${rest.map(([aspect, { status }]) => `${aspect} ${STATUS_WORDS[status]}`).join(', ')})`;
}
