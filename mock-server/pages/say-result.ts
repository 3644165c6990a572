import { sayDuration } from './say-time.ts';
import type { Story, StoryAttempt } from './story.ts';

/** Returns how long an attempt took, or has taken so far. */
export function lengthOf({ start, end }: StoryAttempt, wallNow: number): number {
  return end?.attempt.durationMs ?? Math.max(0, wallNow - Date.parse(start.wallAt));
}

/** Returns what became of an attempt. */
export function sayResult(
  attempt: StoryAttempt,
  { wallNow, timeoutMs }: Pick<Story, 'wallNow' | 'timeoutMs'>,
): string {
  const { end } = attempt;
  if (end === null) {
    const passed = (lengthOf(attempt, wallNow) / 1000).toFixed(1);
    return timeoutMs === undefined
      ? `in flight for ${passed} s`
      : `in flight, ${passed} of ${sayDuration(timeoutMs)}`;
  }
  const { outcome, status, firstByteMs, durationMs } = end.attempt;
  const words = [
    ...(outcome === 'acknowledged' ? [] : [outcomeWord(outcome)]),
    ...(status === null ? [] : [`${status}`]),
    ...(firstByteMs === null || durationMs - firstByteMs < 1
      ? []
      : [`first byte ${sayDuration(firstByteMs)}`]),
    sayDuration(durationMs),
  ];
  return words.join(', ');
}

/** Outcomes have the names of the journal; "timeout" alone is not an adjective. */
export function outcomeWord(outcome: string): string {
  const words: ReadonlyMap<string, string> = new Map([
    ['timeout', 'timed out'],
    ['reset', 'connection reset'],
    ['refused', 'connection refused'],
    ['dns', 'name not found'],
    ['tls', 'TLS failed'],
    ['redirect', 'redirected'],
  ]);
  return words.get(outcome) ?? outcome;
}
