import { sayDuration } from './say-time.ts';
import type { Story, StoryAttempt } from './story.ts';

/** The first byte of an answer is named if the rest took longer than this. */
const SHORTEST_BODY_MS = 5;

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
  const isSlowBody =
    firstByteMs !== null && durationMs - firstByteMs > Math.max(SHORTEST_BODY_MS, durationMs / 10);
  const words = [
    ...(outcome === 'acknowledged' ? [] : [outcomeWord(outcome)]),
    ...(status === null ? [] : [`${status}`]),
    `${sayDuration(durationMs)}${isSlowBody ? ` (first byte after ${sayDuration(firstByteMs)})` : ''}`,
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
