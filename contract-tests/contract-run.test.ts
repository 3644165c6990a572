import { describe, expect, it } from 'vitest';
import { allPassed, everyStatus, explained, inconclusive, sampleCase } from './conformance/sample-report.ts';
import { type ContractRun, explainRun, openContractRun } from './contract-run.ts';

function open(strict = false): { readonly run: ContractRun; readonly written: string[] } {
  const written: string[] = [];
  const run = openContractRun('receiver contract', {
    total: 11,
    strict,
    write: (text) => void written.push(text),
  });
  return { run, written };
}

describe('the output of a contract', () => {
  it('lists the skipped tests to review', () => {
    const { run, written } = open();
    for (const report of everyStatus().cases) run.finished(report);
    run.end();
    expect(written).toEqual([
      'receiver contract: 10 cases judged: 3 passed, 3 failed (2 MUST, 1 SHOULD), 1 non-strict, 3 passed in part; 1 not applicable. Skipped tests to review: non-strict: RCV-ACK-04; SHOULD not met: RCV-IDM-05; not observable: RCV-IDM-06, RCV-IDM-07, RCV-FAIL-01.\n',
    ]);
  });

  it('is empty when all passed, and under strict, where these cases fail', () => {
    for (const [strict, report] of [
      [false, allPassed()],
      [true, everyStatus()],
    ] as const) {
      const { run, written } = open(strict);
      for (const one of report.cases) run.finished(one);
      run.end();
      expect(written).toEqual([]);
    }
  });

  it('explains a delay by the current activity', () => {
    const { run } = open();
    expect(run.explainDelay('RCV-1', 118_000)).toBe('RCV-1 did not finish within 1 min 58 s.');
    run.onActivity({ id: 'RCV-1', doing: "waiting for the receiver's downloads", atMostMs: null });
    expect(run.explainDelay('RCV-1', 118_000)).toBe(
      "RCV-1 did not finish within 1 min 58 s. The last activity was waiting for the receiver's downloads.",
    );
    run.finished(sampleCase('RCV-1'));
    run.end();
  });
});

describe('findings about the whole run', () => {
  it('are listed with their remedies', () => {
    expect(explainRun(allPassed())).toBeNull();
    expect(explainRun(explained())).toMatch(/^The first good callback .*\n {2}How to fix: Set the key/);
    expect(explainRun(inconclusive())).toBe(
      'Inconclusive. The URL accepts everything and no effect was observed.',
    );
  });
});
