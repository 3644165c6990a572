import { CodedError } from '../mock-server/index.ts';
import { parseDuration } from '../mock-server/internal.ts';

/**
 * Parses a duration above 0.
 * @throws {CodedError} OPTION_INVALID for any other text
 */
export function readMs(name: string, value: string | number): number {
  const durationMs = typeof value === 'number' ? value : parseDuration(value);
  if (durationMs !== null && durationMs > 0) return durationMs;
  throw new CodedError('OPTION_INVALID', `${name} must be a duration like 500ms or 15s, got "${value}"`);
}
