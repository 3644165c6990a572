import { brokenLevel, type CaseReport, type Status, type Verdict } from './report.ts';
import { formatDetails } from './reporters/case-details.ts';
import { LEVEL_WORDS, STATUS_WORDS, sayAspect } from './reporters/wording.ts';

/** Result of a case's test. A test passes only when the whole requirement was observed and met. */
export type CaseOutcome =
  | { readonly type: 'passed' }
  | { readonly type: 'skipped'; readonly reason: string }
  | { readonly type: 'failed'; readonly message: string };

/**
 * Returns the result of a case's test.
 * @param strict whether an unmet SHOULD, a non-strict answer, or an unobservable aspect fails the test
 */
export function caseOutcome(report: CaseReport, strict: boolean): CaseOutcome {
  const broken = brokenLevel(report);
  if (broken === 'must' || (strict && broken === 'should')) return failed(report, '');
  if (broken !== null) {
    const weight = broken === 'should' ? 'SHOULD not met' : LEVEL_WORDS[broken];
    return skipped(`${weight}: ${sayVerdicts(report, 'failed')}`);
  }
  if (report.status === 'non-strict') {
    const reason = `non-strict: ${sayVerdicts(report, 'non-strict')}`;
    return strict ? failed(report, reason) : skipped(reason);
  }
  if (has(report, 'not-observable')) {
    const reason = `not observable: ${sayVerdicts(report, 'not-observable')}${sayPassed(report)}`;
    return strict ? failed(report, reason) : skipped(reason);
  }
  if (has(report, 'passed')) return { type: 'passed' };
  return skipped(`not applicable: ${sayVerdicts(report, 'not-applicable') || 'no aspect was judged'}`);
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

/** Adds the aspects that were judged to a case that was not judged in full: ` (answer passed)`. */
function sayPassed({ verdicts }: CaseReport): string {
  const rest = Object.entries(verdicts).filter(([, { status }]) => status === 'passed');
  return rest.length === 0
    ? ''
    : ` (${rest.map(([aspect, { status }]) => `${sayAspect(aspect)} ${STATUS_WORDS[status]}`).join(', ')})`;
}
