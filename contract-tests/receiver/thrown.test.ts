import { describe, expect, it } from 'vitest';
import type { Verdict } from '../report.ts';
import { thrownEntries, withThrown } from './thrown.ts';

const UNCAUGHT = 'unhandled rejection: TypeError: x';
const verdict = (status: Verdict['status']): Verdict => ({ status, expected: 'once', actual: 'twice' });

describe('an error that the application throws during a case', () => {
  it('breaks a MUST regardless of the effect of the case', () => {
    for (const status of ['passed', 'not-observable', 'failed'] as const) {
      const { ack, effect } = withThrown({ ack: verdict('passed'), effect: verdict(status) }, [UNCAUGHT]);
      expect(ack).toEqual(verdict('passed'));
      expect(effect).toMatchObject({ status: 'failed', level: 'must' });
      expect(effect?.actual).toContain(UNCAUGHT);
      expect(effect?.actual.startsWith('twice')).toBe(status === 'failed');
    }
    expect(withThrown({ ack: verdict('passed') }, [UNCAUGHT, UNCAUGHT]).effect?.actual).toContain(
      'and 1 more error;',
    );
  });

  it('does not change the verdicts if it was answered with HTTP 500', () => {
    const verdicts = { ack: verdict('failed') };
    expect(withThrown(verdicts, ['answered with HTTP 500: Error: boom'])).toEqual(verdicts);
    expect(withThrown(verdicts, [])).toEqual(verdicts);
  });

  it('appears in the timeline', () => {
    expect(thrownEntries([UNCAUGHT], 12)).toEqual([
      { atMs: 12, durationMs: 0, kind: 'note', text: UNCAUGHT, isBad: true },
    ]);
  });
});
