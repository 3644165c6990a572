import { describe, expect, it } from 'vitest';
import type { Evidence } from './evidence.ts';
import { createRunLedger } from './run-ledger.ts';
import type { StimulusRun } from './run-stimulus.ts';

/** Returns a run with this many calls. */
function runWith(calls: number, durationMs = 10): Exclude<StimulusRun, string> {
  const evidence = { calls: Array.from({ length: calls }, () => ({})) } as unknown as Evidence;
  return { run: { durationMs }, evidence } as Exclude<StimulusRun, string>;
}

describe('the ledger of runs', () => {
  it('keeps a run and its repetitions, with their durations', () => {
    const ledger = createRunLedger();
    const [first, second] = [runWith(1), runWith(2)];
    ledger.add('plain', first, false);
    ledger.add('plain', second, true);
    expect(ledger.of('plain')).toEqual({
      runs: [first.evidence, second.evidence],
      durationMs: 20,
      inParallel: false,
    });
    expect(ledger.runs).toEqual([first.evidence, second.evidence]);
  });

  it('replaces a run without calls, which may have been disturbed by another instance', () => {
    const ledger = createRunLedger();
    ledger.add('outage', runWith(0), true);
    expect(ledger.failedToStart('outage')).toBe(true);
    const again = runWith(3);
    ledger.add('outage', again, false);
    expect(ledger.failedToStart('outage')).toBe(false);
    expect(ledger.of('outage')).toMatchObject({ runs: [again.evidence], inParallel: false });
  });

  it('does not report a client as not started that rightly ignores a long prompt', () => {
    const ledger = createRunLedger();
    ledger.add('long-prompt', runWith(0), true);
    expect(ledger.failedToStart('long-prompt')).toBe(false);
  });

  it('keeps the reason why a stimulus was skipped, unless it was run before', () => {
    const ledger = createRunLedger();
    ledger.add('expired', 'The client did not poll.', true);
    expect([ledger.has('expired'), ledger.of('expired')]).toEqual([true, 'The client did not poll.']);
    ledger.add('failed', runWith(1), true);
    ledger.add('failed', 'The client did not poll.', true);
    expect(ledger.of('failed')).toMatchObject({ durationMs: 10 });
    expect(ledger.has('plain')).toBe(false);
  });
});
