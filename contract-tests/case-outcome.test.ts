import { describe, expect, it } from 'vitest';
import { caseOutcome } from './case-outcome.ts';
import { sampleCase } from './conformance/sample-report.ts';
import type { CaseReport, Level, Status } from './report.ts';

function judged(level: Level, verdicts: Readonly<Record<string, Status>>): CaseReport {
  const made = Object.entries(verdicts).map(([aspect, status]) => [
    aspect,
    { status, expected: 'a thing', actual: `${aspect} is ${status}` },
  ]);
  return sampleCase('RCV-1', { level, verdicts: Object.fromEntries(made) });
}

describe('the test of a case', () => {
  it.each([
    ['the requirement was observed and met', 'must', { ack: 'passed', effect: 'passed' }, 'passed', 'passed'],
    ['a MUST was not met', 'must', { ack: 'passed', effect: 'failed' }, 'failed', 'failed'],
    [
      'a SHOULD was not met',
      'should',
      { ack: 'failed' },
      'SHOULD not met: expected a thing; actual: ack is failed',
      'failed',
    ],
    [
      'an informational requirement was not met',
      'info',
      { ack: 'failed' },
      'info: expected a thing; actual: ack is failed',
      'info: expected a thing; actual: ack is failed',
    ],
    [
      'an answer was non-strict',
      'must',
      { ack: 'non-strict' },
      'non-strict: expected a thing; actual: ack is non-strict',
      'failed',
    ],
    [
      'no aspect was observable',
      'must',
      { effect: 'not-observable' },
      'not observable: effect is not-observable',
      'failed',
    ],
    [
      'one aspect was not observable',
      'must',
      { ack: 'passed', effect: 'not-observable' },
      'not observable: effect is not-observable (answer passed)',
      'failed',
    ],
    [
      'no aspect applied',
      'must',
      { ack: 'not-applicable' },
      'not applicable: ack is not-applicable',
      'not applicable: ack is not-applicable',
    ],
    ['one aspect did not apply', 'must', { ack: 'passed', effect: 'not-applicable' }, 'passed', 'passed'],
  ] as const)('when %s', (_what, level, verdicts, lax, strict) => {
    const shown = (isStrict: boolean): string => {
      const outcome = caseOutcome(judged(level, verdicts), isStrict);
      return outcome.type === 'skipped' ? outcome.reason : outcome.type;
    };
    expect([shown(false), shown(true)]).toEqual([lax, strict]);
  });

  it('reports all details of a failure', () => {
    const outcome = caseOutcome(judged('must', { ack: 'failed' }), false);
    expect(outcome).toMatchObject({ type: 'failed' });
    if (outcome.type !== 'failed') return;
    for (const part of ['RCV-1: ', 'expected  a thing', 'how to fix', 'reproduce']) {
      expect(outcome.message).toContain(part);
    }
  });
});
