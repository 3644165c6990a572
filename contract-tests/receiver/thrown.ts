import type { TimelineEntry, Verdict } from '../report.ts';

/** Fails the effect of a case with an uncaught error of the application, because such an error ends its process in production. */
export function withThrown(
  verdicts: Readonly<Record<string, Verdict>>,
  thrown: readonly string[],
): Record<string, Verdict> {
  const uncaught = thrown.filter((text) => !text.startsWith('answered '));
  if (uncaught.length === 0) return { ...verdicts };
  const { effect } = verdicts;
  const before = effect?.status === 'failed' ? effect : null;
  const nothing = 'the application does not leave an exception uncaught';
  const seen = `${uncaught[0]}${sayOthers(uncaught.length - 1)}; Node ends the process on an uncaught error`;
  return {
    ...verdicts,
    effect: {
      status: 'failed',
      expected: before === null ? nothing : `${before.expected}; ${nothing}`,
      actual: before === null ? seen : `${before.actual}; ${seen}`,
      // A process that has ended cannot acknowledge callbacks.
      level: 'must',
    },
  };
}

function sayOthers(others: number): string {
  if (others === 0) return '';
  return `, and ${others} more ${others === 1 ? 'error' : 'errors'}`;
}

/** Returns the errors as timeline entries. */
export function thrownEntries(thrown: readonly string[], atMs: number): TimelineEntry[] {
  return thrown.map((text) => ({ atMs, durationMs: 0, kind: 'note', text, isBad: true }));
}
