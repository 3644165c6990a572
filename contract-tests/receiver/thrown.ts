import type { TimelineEntry, Verdict } from '../report.ts';

/** The verdicts of a case during which the app left an error uncaught: outside of a test, its process has ended. */
export function withThrown(
  verdicts: Readonly<Record<string, Verdict>>,
  thrown: readonly string[],
): Record<string, Verdict> {
  const uncaught = thrown.filter((text) => !text.startsWith('answered '));
  if (uncaught.length === 0) return { ...verdicts };
  const { effect } = verdicts;
  const before = effect?.status === 'failed' ? effect : null;
  const nothing = 'no exception of the application is left uncaught';
  const seen = `${uncaught[0]}${uncaught.length > 1 ? `, and ${uncaught.length - 1} more` : ''}; Node ends a process that does not catch it`;
  return {
    ...verdicts,
    effect: {
      status: 'failed',
      expected: before === null ? nothing : `${before.expected}; ${nothing}`,
      actual: before === null ? seen : `${before.actual}; ${seen}`,
      // A process that has ended acknowledges nothing.
      level: 'must',
    },
  };
}

/** The same as entries of the timeline. */
export function thrownEntries(thrown: readonly string[], atMs: number): TimelineEntry[] {
  return thrown.map((text) => ({ atMs, durationMs: 0, kind: 'note', text, isBad: true }));
}
